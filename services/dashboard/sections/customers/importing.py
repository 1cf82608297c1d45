"""Files of customers."""

from typing import Final

from services.dashboard.sections.importing import Import, import_pages
from services.dashboard.web.routes import Page

PAGES: Final[tuple[Page, ...]] = import_pages(
    Import(
        what="customers",
        path="/customers/import",
        api_path="/v1/customers/importCSV",
        back="/customers",
        columns="Name, Email, Phone, Birthdate, Source_id, Address_line_1, Address_line_2, Postal_Code, City, State, Country, Description. Any other column is metadata.",
        happens="Each row creates a customer, or completes the one with its source id. An empty cell says nothing.",
        example="Name,Email,Source_id,City,Country,interest\nAda Green,ada@shop.example,shopper-1,Berlin,DE,books\n",
    )
)
