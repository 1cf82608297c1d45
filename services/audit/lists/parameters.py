"""The parameters of a list, whose dates without a time are days of the project's time zone."""

from starlette.requests import Request

from engine.kernel.zones import zone_named
from fronts.query_string import Given, read_parameters
from runtime.http.internal import time_zone_of


def parameters_of(request: Request) -> list[Given]:
    """The parameters of a request's query. Raises ApiError for a name that is no path."""
    return read_parameters(request.query_params.multi_items(), zone_named(time_zone_of(request)))
