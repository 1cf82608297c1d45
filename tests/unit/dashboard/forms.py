"""What a browser would send of a form of a page."""

from tests.unit.dashboard.kit import Element, Page


def fields_of(page: Page) -> dict[str, list[str]]:
    """All fields of the page by their names, as they stand."""
    found: dict[str, list[str]] = {}
    for each in page.find_all():
        name = each.attributes.get("name")
        if name is None or each.tag == "button" or each.attributes.get("form") == "none":
            continue
        for value in _values(each):
            found.setdefault(name, []).append(value)
    return found


def _values(element: Element) -> list[str]:
    if element.tag == "select":
        options = element.find_all("option")
        chosen = [each for each in options if "selected" in each.attributes] or options[:1]
        return [each.attributes.get("value", each.text) for each in chosen]
    if element.tag == "textarea":
        return ["".join(each for each in element.children if isinstance(each, str))]
    if element.attributes.get("type") in ("checkbox", "radio"):
        is_on = "checked" in element.attributes
        return [element.attributes.get("value", "on")] if is_on else []
    return [element.attributes.get("value", "")]
