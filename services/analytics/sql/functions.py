"""What statements may call, and the types of casts and parameters. What is not here is refused.

All of it is computed from its arguments alone, in time and memory that they bound. Neither `in` nor
`notIn` is here: to the engine a name among their arguments is that of a table.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_AGGREGATES: Final = (
    "any anyLast argMax argMin avg corr count covarPop covarSamp groupArray groupUniqArray max "
    "median min quantile quantileExact quantiles quantilesExact stddevPop stddevSamp sum topK uniq "
    "uniqCombined uniqExact varPop varSamp"
)
#: What may stand after the name of an aggregate.
_COMBINATORS: Final = ("", "If", "OrNull")
_WINDOW: Final = "dense_rank first_value lagInFrame last_value leadInFrame ntile rank row_number"
_PLAIN: Final = (
    # conditions
    "if multiIf coalesce ifNull nullIf isNull isNotNull greatest least and or not xor "
    # numbers
    "abs ceil exp floor intDiv intDivOrZero log log10 log2 modulo negate plus minus multiply divide "
    "pow round roundBankers sign sqrt trunc isFinite isNaN roundDown widthBucket "
    # types
    "toBool toDate toDateOrNull toDateTime toDateTimeOrNull toDateTime64 toDateTime64OrNull "
    "toFloat64 toFloat64OrNull toInt32 toInt64 toInt64OrNull toInt128 toUInt32 toUInt64 toString "
    "toDecimal64 toNullable assumeNotNull toTypeName "
    # times
    "addDays addHours addMinutes addMonths addSeconds addWeeks addYears age dateDiff dateTrunc "
    "date_diff date_trunc formatDateTime fromUnixTimestamp64Milli now now64 subtractDays "
    "subtractHours subtractMinutes subtractMonths subtractWeeks subtractYears toDayOfMonth "
    "toDayOfWeek toDayOfYear toHour toISOWeek toISOYear toLastDayOfMonth toMinute toMonday toMonth "
    "toQuarter toSecond toStartOfDay toStartOfFifteenMinutes toStartOfFiveMinutes toStartOfHour "
    "toStartOfInterval toStartOfMinute toStartOfMonth toStartOfQuarter toStartOfSecond "
    "toStartOfWeek toStartOfYear toTimeZone toUnixTimestamp toUnixTimestamp64Milli toWeek toYear "
    "toYYYYMM toYYYYMMDD today yesterday "
    # texts
    "concat empty endsWith extract ilike length lengthUTF8 like lower lowerUTF8 match notEmpty "
    "notILike notLike position positionCaseInsensitive replaceAll replaceOne splitByChar "
    "startsWith substring substringUTF8 trimBoth trimLeft trimRight upper upperUTF8 "
    # lists and maps
    "array arrayAvg arrayConcat arrayDistinct arrayElement arrayJoin arrayMax arrayMin "
    "arrayReverse arraySlice arraySort arrayStringConcat arraySum has hasAll hasAny indexOf "
    "mapContains mapKeys mapValues tuple tupleElement"
)
#: Each by its name in small letters, as the engine spells it.
FUNCTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        name.lower(): name
        for name in (
            *_PLAIN.split(),
            *_WINDOW.split(),
            *(f"{each}{combinator}" for each in _AGGREGATES.split() for combinator in _COMBINATORS),
        )
    }
)
#: The types of casts and parameters, by how the parser calls them.
TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BIGINT": "Int64",
        "BOOLEAN": "Bool",
        "DATE": "Date",
        "DATETIME": "DateTime",
        "DATETIME64": "DateTime64(3, 'UTC')",
        "DOUBLE": "Float64",
        "FLOAT": "Float32",
        "INT": "Int32",
        "INT128": "Int128",
        "SMALLINT": "Int16",
        "TEXT": "String",
        "TINYINT": "Int8",
        "UBIGINT": "UInt64",
        "UINT": "UInt32",
        "USMALLINT": "UInt16",
        "UTINYINT": "UInt8",
    }
)
#: What may stand in the brackets of a type; of any other nothing.
ARGUMENTS: Final[Mapping[str, tuple[list[str], ...]]] = MappingProxyType(
    {"DATETIME64": ([], ["3"], ["3", "UTC"])}
)
#: The units of an INTERVAL.
UNITS: Final = frozenset({"SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
