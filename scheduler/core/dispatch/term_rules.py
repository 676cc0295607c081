"""The rules by which the words of a clause about airing become terms: for each kind its pattern, and what it is worth.

Every rule is anchored and has no gap; `terms` tries them at each place of a clause, and the longest match wins. What
terms mean together is not decided here.
"""

import re
from functools import partial

from scheduler.core.dispatch import when
from scheduler.core.dispatch.spelled import (
    NUMBER,
    Maker,
    counted,
    day_named,
    day_near,
    days_a_week,
    days_in_short,
    factor_of,
    first_week,
    fixed_factor,
    hour_beside,
    hour_of,
    listed_days,
    nothing,
    one_day,
    out_of,
    part_of,
    period_named,
    period_of,
    share_of,
    so_many_days,
    times_as_much,
    weekdays_of,
    window_of,
)
from scheduler.core.dispatch.things import CHANGES_A_THING, NAMED_DAYS, NAMED_OFFICES, THINGS_DONE
from scheduler.core.dispatch.vocabulary import (
    COMPOUNDS,
    DANGER,
    DECIDES,
    DOCUMENT,
    EVENTS,
    GENRES,
    MEASURES,
    NEUTRAL,
    NO_AIRING,
    ON_AIR,
    OTHER_WORK,
    PHRASES,
    SEASONS,
)
from scheduler.core.dispatch.when import DAY, HOUR

__all__ = ["RULES"]


_N = rf"(?P<n>{NUMBER})(?:\s*(?:-|đến)\s*(?P<n2>{NUMBER}))?"
_UNIT = (
    r"(?:lần|buổi|lượt|đợt|phiên|cữ|kỳ(?! (?:thi|họp)))(?:\s+(?:phát(?:\s+thanh|\s+sóng)?|tuyên truyền|tiếp âm|đọc"
    r"|thông báo))?"
    r"(?:\s+(?:trên|qua)\s+(?:hệ thống\s+)?(?:loa|đài)(?:\s+truyền thanh)?)?"
)
_ONE = r"(?:(?:01|1|một)\s*)?"
_EACH_ONE = r"(?:buổi|lần|lượt|phiên|đợt|kỳ|chương trình|bản tin|số(?= (?:dài|phát|\d)))"
_TEXT = r"(?:bản tin|nội dung|tin bài|bài|thông báo|thông điệp|chuyên đề|tin)"
_LENGTH = r"(?P<unit>phút|giờ|tiếng)\b"
_WHOLE = r"(?:tổng\s+)?(?:số\s+)?(?:thời lượng|thời gian|dung lượng|chương trình|buổi phát)"
_PART = r"(?:(?:vào\s+)?(?:các\s+)?buổi\s+)?(?P<part>sáng|trưa|chiều|tối|đêm)(?:\s+(?=ngày\b))?"
_AIR = r"phát(?:\s+thanh|\s+sóng|\s+loa|\s+đi)?"
_NO_NAME = "|".join(sorted(DANGER | NEUTRAL | {"đã", "từng", "đang", "bị", "mà", "hỗ", "tăng", "nâng", "đẩy"}))
_OF_PLACES = (
    r"(?:các\s+(?:xã|phường|thị trấn)(?:,?\s+(?:và\s+)?(?:xã|phường|thị trấn|đặc khu)){0,3}"
    rf"|(?:xã|phường|thị trấn)(?:\s+(?!(?:{_NO_NAME})\b)[^\W\d]+){{1,3}}?)"
)
"""Behind "Đài truyền thanh": the wards it is of, "các xã, phường" or one by its name."""
_AT = r"(?:vào\s+)?(?:lúc\s+)?(?:hồi\s+)?"


def _rule(kind: str, pattern: str | re.Pattern[str], make: Maker = nothing) -> tuple[str, re.Pattern[str], Maker]:
    return kind, re.compile(pattern) if isinstance(pattern, str) else pattern, make


_LED = r"(?:(?:vào\s+)?(?:buổi\s+)?(?P<led>sáng|trưa|chiều|tối|đêm)\s*(?:từ|lúc|:|vào lúc|vào)?\s*)?"
_LED_AT = _LED.replace("từ|", "")
_SO_LONG = (
    r"(?:(?:(?:liên tục|liền)\s+)?(?:trong|kéo dài)(?:\s+(?:vòng|thời gian|suốt))?\s+|liên tục\s+)(?P<n>"
    + NUMBER
    + r")\s+(?P<unit>ngày|tuần)(?:\s+(?:liên tục|liên tiếp|đầu tiên|đầu|tiếp theo|tới|kế tiếp))?\b"
)

RULES: tuple[tuple[str, re.Pattern[str], Maker], ...] = (
    # counts
    _rule("count", rf"{_N}\s*{_UNIT}\s*(?:/|mỗi|một|trong(?:\s+một)?(?!\s+ngày\s+\d{{1,2}}\s*(?:/|tháng))|trên)\s*"
        rf"{_ONE}(?P<per>ngày|tuần)\b(?! lễ\b)", counted),
    _rule("times", rf"{_N}\s*(?P<unit>lần|buổi|lượt|đợt|phiên|cữ|kỳ)\b(?! (?:thi|họp)\b)(?!\s*(?:thứ"
        rf"|đầu)\b)(?:\s+{_AIR})?(?:\s+thôi(?=\s*(?:[:.(]|$|(?:nhé|ạ|nha)\b)))?",
          counted),
    _rule("phases", rf"(?:(?:trong|làm|thành|chia làm|chia thành)\s+)?(?P<n>{NUMBER})\s+(?:đợt"
        rf"|giai đoạn)(?=\s*:)", counted),
    _rule("count", rf"số\s+{_UNIT}\s*(?:/|mỗi|một|trong(?:\s+một)?)\s*(?P<per>ngày|tuần)\s*:?\s*{_N}"
        r"(?!\s*(?:[:/h]|giờ|phút))(?:\s*(?:lần|lượt|buổi))?", counted),
    _rule("number_alone", rf"số\s+{_UNIT}\s*:?\s*(?:là\s+)?{NUMBER}(?!\s*(?:[:/h]|giờ|phút|lần|lượt|buổi))"),
    _rule("parted", rf"(?P<n>{NUMBER})\s*(?:lần|lượt|buổi)\s+(?:phát\s+)?(?:vào\s+)?"
        r"(?:(?:các\s+)?buổi\s+)?(?P<part>sáng|trưa|chiều|tối)\b"
        r"(?!\s*(?:\d|(?:,|và|-)\s*(?:buổi\s+)?(?:sáng|trưa|chiều|tối)|sớm|ngày|thứ|chủ|nay\b|mai\b))", counted),
    _rule("plays", rf"{_N}\s*(?:lần|lượt)(?:\s+phát)?\s*(?:/|mỗi|trong)\s*{_ONE}(?:mỗi\s+)?buổi\b", counted),
    _rule("daily", r"(?:(?:mỗi|hằng|hàng|trong|một|từng)\s+ngày|(?:mỗi|từng)\s+hôm)\b|ngày nào cũng\b"
        r"|các ngày trong tuần\b|tất cả các ngày\b"),
    _rule("daily", rf"ngày(?=\s+(?:{_AIR}\s+)?(?:ít nhất\s+|tối thiểu\s+)?{NUMBER}\s*(?:lần|buổi|lượt))"),
    _rule("days_a_week", rf"(?P<n>{NUMBER})\s*ngày\s*(?:/|mỗi|một|trong(?:\s+một)?)\s*{_ONE}tuần\b"
        rf"|(?:mỗi|một)\s+tuần\s+(?P<n2>{NUMBER})\s+ngày\b", days_a_week),
    _rule("weekly", r"(?:mỗi|hằng|hàng|trong|một)\s+tuần\b(?! lễ\b)"),
    _rule("weekly", rf"tuần(?=\s+(?:{_AIR}\s+)?{NUMBER}\s*(?:lần|buổi|lượt))"),
    _rule("each_text", rf"(?:(?:cho|đối với|với)\s+)?(?:mỗi|từng)\s+{_TEXT}(?:\s+{_AIR})?|/\s*(?:mỗi\s+)?{_TEXT}"),
    _rule("each", rf"(?:mỗi|một|01|1)\s+{_EACH_ONE}(?:\s+{_AIR})?"),
    _rule("minutes", rf"{_N}\s*phút\b", counted),
    _rule("minutes", rf"từ\s+(?P<n>{NUMBER})\s*(?:-|đến)\s*(?P<n2>{NUMBER})\s*phút\b", counted),
    _rule("how_long", rf"(?:trong|trong vòng|kéo dài|suốt|liên tục)\s+(?:khoảng\s+)?{_N}\s*(?:giờ|tiếng"
        rf"|phút)\b(?!\s*\d)(?!\s*(?:sáng|trưa|chiều|tối|(?:/|mỗi|một)\s*{_ONE}(?:lần|lượt)))", counted),
    _rule("session", rf"{_N}\s*phút\s*(?:/|mỗi|một|cho mỗi|trong mỗi)\s*{_ONE}(?:buổi|lượt|phiên|chương trình"
        rf"|bản tin)\b", counted),
    _rule("once", rf"{_N}\s*phút\s*(?:/|mỗi|một)\s*{_ONE}lần\b", counted),
    _rule("minutes_a_day", rf"{_N}\s*phút(?:\s+{_AIR})?\s*(?:/|mỗi|một|trong(?:\s+một)?|trên)\s*{_ONE}ngày\b"
        rf"(?!\s+(?:{_AIR}\s+)?{NUMBER}\s*(?:lần|lượt|buổi))", counted),
    _rule("hours_a_day", rf"(?P<n>\d{{1,2}})\s*(?:giờ|tiếng|h)\s*/\s*{_ONE}ngày\b", counted),
    _rule("every", rf"(?:cứ(?:\s+(?:mỗi|sau))?|sau\s+mỗi|định kỳ(?:\s+mỗi)?|cách nhau|cách)\s+(?P<n>{NUMBER})"
                   rf"\s*{_LENGTH}(?:\s+(?:lại\s+)?(?:{_AIR})(?:\s+lại)?)?(?:\s*(?:/|một|1|01)\s*(?:lần|lượt))?",
          counted),
    _rule("every", rf"(?:mỗi\s+)?(?P<n>{NUMBER})\s*(?P<unit>giờ|tiếng)\s*(?:phát\s+)?(?:/|một|mỗi|1|01)\s*{_ONE}lần\b"
        r"(?!\s+(?:không (?:quá|dài)|dài|kéo dài|khoảng|tối đa|\d+\s*phút))", counted),
    _rule("every", rf"(?:mỗi\s+)?(?P<n>{NUMBER})\s*(?P<unit>phút)\s*phát\s+(?:một|1|01)\s*lần\b", counted),
    _rule("every", rf"mỗi\s+(?P<n>{NUMBER})\s*{_LENGTH}\s*(?:phát\s+|lại phát\s+)?(?:(?:một|1|01)\s+lần)?", counted),
    _rule("half_hourly", rf"(?:cứ\s+|mỗi\s+)?nửa\s+(?:giờ|tiếng)(?:\s+đồng hồ)?(?:\s+lại)?(?:\s+{_AIR})?"
        r"(?:\s+lại)?\s+(?:một|1|01)\s+lần"),
    _rule("hourly", rf"(?:hằng giờ|hàng giờ|mỗi (?:giờ|tiếng)(?:\s+đồng hồ)?)(?:\s+{_AIR})?(?:\s+(?:một|1"
        rf"|01)\s+lần)?(?!\s*\d)"),
    _rule("apart", r"(?<=\d )\(?(?:âm lịch|lịch âm)"),
    _rule("apart", rf"(?:mỗi (?:lần|buổi|lượt)\s+)?cách nhau (?:ít nhất|tối thiểu) {_N}\s*{_LENGTH}", counted),
    _rule("least", r"ít nhất|tối thiểu|không dưới|không ít hơn|từ(?=\s+\d+\s+\w+\s+trở lên)|trở lên"),
    _rule("most", r"tối đa|nhiều nhất|không (?:vượt )?quá"
        rf"|dưới(?=\s+\d)(?!\s+\d+\s+{MEASURES}\b)"
        r"|không (?:được )?(?:(?:kéo )?dài|phát) (?:hơn|quá)(?=\s+\d{1,3}\s*phút)"),
    _rule("raised_from", rf"từ\s+{_N}\s*(?:{_UNIT}|phút)?(?:\s*/\s*{_ONE}(?:ngày|tuần|buổi|lần))?\s*(?=lên\b|xuống\b)",
          counted),
    _rule("raised_to", r"(?:tăng\s+)?lên(?:\s+(?:thành|đến))?(?=\s+(?:ít nhất |tối thiểu )?\d)"
        rf"(?!\s+\d[\d.,]*\s*{MEASURES}\b)"),
    _rule("no_rise", r"(?:không|chưa)\s+(?:được\s+)?(?:tăng|nâng)(?:\s+thêm)?(?:\s+(?:thời lượng|tần suất"
        r"|(?:số )?(?:lần|buổi|lượt)))?(?:\s+(?:phát\s+thanh|phát\s+sóng|phát))?"),
    _rule("rise", r"(?:tăng|nâng)\s+(?:cường\s+|thêm\s+|mạnh\s+|cao\s+)?(?:(?:và|,)\s+)?"
                  r"(?:(?:thời lượng|tần suất|số (?:lần|buổi|lượt|giờ)|thời gian phát|lượt phát|buổi phát"
                  r"|mật độ)(?:\s*(?:,|và)\s*(?:thời lượng|tần suất|số (?:lần|buổi|lượt)))*)"
                  rf"(?:\s+{_AIR})?"),
    _rule("reduce", rf"giảm(?:\s+(?:thời lượng|tần suất|số (?:lần|lượt|buổi)))?(?:\s+{_AIR})?"
        r"(?=[^.,;]{0,60}\b(?:xuống|còn)\s+(?:còn\s+)?\d)"),
    _rule("lowered_to", r"(?:xuống(?:\s+còn)?|còn)(?=\s+\d{1,2}\s*(?:lần|lượt|buổi|phút))"),
    _rule("rise", rf"đẩy mạnh\s+(?:thời lượng|tần suất|mật độ)(?:\s+{_AIR})?"),
    _rule("rise", r"tăng cường (?:việc )?(?:phát(?: thanh| sóng| trên loa| loa| tin| bản tin)?\b"
        r"(?! (?:hiện|huy|triển|quang))"
        r"|tiếp âm|tiếp sóng)"),
    _rule("grow", r"(?:tăng|nâng)(?:\s+lên)?(?:\s+thêm)?(?=\s+(?:ít nhất |tối thiểu |gấp |lên )?(?:\d|gấp|lên))"),
    _rule("more", r"thêm(?=\s+(?:ít nhất\s+|tối thiểu\s+|khoảng\s+)?\d)"),
    _rule("factor", r"(?:gấp|nhân)\s+đôi\b", partial(fixed_factor, factor=2.0)),
    _rule("factor", rf"gấp\s+(?P<n>{NUMBER})(?P<n2>(?!))?(?=\s*(?:[.,;]|$|(?:trong|từ|so với|số (?:lần|lượt|buổi))\b))",
          times_as_much),
    _rule("factor", r"gấp\s+rưỡi\b", partial(fixed_factor, factor=1.5)),
    _rule("factor", rf"gấp\s+(?P<n>{NUMBER})(?:\s*(?:-|đến)\s*(?P<n2>{NUMBER}))?\s*lần\b", times_as_much),
    _rule("factor", r"gấp\s+(?P<n>\d{1,2}[.,]\d{1,2})\s*lần\b", partial(factor_of, made=lambda n: n)),
    _rule("for_days", rf"x\s?(?P<n>{NUMBER})\s+(?P<unit>ngày|tuần)\b", so_many_days),
    _rule("factor", r"x\s?(?P<n>\d{1,2}(?:[.,]\d{1,2})?)\b(?!\s*(?:cm|m|ngày|tuần)\b)",
          partial(factor_of, made=lambda n: n)),
    _rule("factor", r"(?P<n>\d{1,2})\s*lần so với", partial(factor_of, made=lambda n: n)),
    _rule("percent_more", r"(?P<n>\d{1,3})\s*%", partial(factor_of, made=lambda n: 1 + n / 100)),
    _rule("percent", r"lên\s+(?:ít nhất\s+|tối thiểu\s+)?(?P<n>[1-9]\d{2})\s*%",
          partial(factor_of, made=lambda n: n / 100)),
    _rule("share", rf"(?P<n>\d{{1,3}})\s*%\s*{_WHOLE}", share_of),
    _rule("share", r"(?:chiếm|dành|đạt|bằng)\s+(?:ít nhất\s+|tối thiểu\s+|không dưới\s+)?(?P<n>\d{1,3})\s*%"
          rf"(?:\s*{_WHOLE})?",
          share_of),
    _rule("share", rf"(?P<n>\d{{1,3}})\s*/\s*(?P<of>\d{{1,3}})\s*phút\s*(?:(?:/|mỗi|một|của|trong|cho|01"
        rf"|1)\s*)*{_EACH_ONE}\b", out_of),
    # hours
    _rule("hour", rf"{_AT}{_LED_AT}{HOUR.format(n=1)}", hour_of),
    _rule("hour", rf"{_AT}{_LED_AT}(?P<h1>\d{{1,2}})\s*(?:giờ|h)\s*(?:(?P<half>rưỡi)|kém\s+(?P<less>{NUMBER})"
        r"(?:\s*phút)?)"
        r"(?:\s*(?:buổi\s+)?(?P<part1>sáng|trưa|chiều|tối|đêm)\b)?", hour_beside),
    _rule("window", rf"{_AT}{_LED}(?:(?:trong\s+)?khoảng\s+(?:thời gian\s+)?(?=từ|\d)|bắt đầu\s+(?=từ))?(?:từ\s+)?"
        rf"{HOUR.format(n=1)}\s*(?:đến|tới|-)\s*(?:hết\s+)?{HOUR.format(n=2)}", window_of),
    _rule("window", rf"{_LED}bắt đầu\s+(?:từ\s+|lúc\s+|vào\s+)?{HOUR.format(n=1)},?\s*(?:và\s+)?kết thúc\s+(?:lúc\s+"
        rf"|vào\s+)?{HOUR.format(n=2)}", window_of),
    _rule("window", rf"{_LED}từ\s+(?P<bare>\d{{1,2}})\s*(?:đến|-)\s*{HOUR.format(n=2)}", window_of),
    _rule("named_hours", r"(?:các\s+|những\s+)?(?:khung\s+)?giờ cao điểm(?![^.;]{0,30}\d)"),
    _rule("named_hours", r"(?:các\s+)?(?:khung\s+)?(?:giờ|thời điểm) (?:đông người(?:\s+nghe)?|phù hợp|thích hợp|hợp lý"
        r"|thuận lợi|nghỉ trưa|nghỉ|ngủ|thi|học|hành chính|làm việc)"),
    _rule("how_long", r"(?:dành|ưu tiên|tập trung)\s+(?:toàn bộ|hầu hết|phần lớn|đa số|tối đa|nhiều|thêm|nửa|một phần)"
        r"(?:\s+(?:thời lượng|thời gian|chương trình|buổi phát))?"),
    _rule("how_long", r"(?:(?:thường xuyên|liên tục|dày|mau|thưa|sớm|muộn|dài|lâu|ngắn|nhiều|ít|đều)(?: đặn)?) hơn"
        r"(?! \d)"),
    _rule("how_long", r"(?<!báo )(?<!dung )(?<!bài )(?<!tin )(?<!bản )(?<!văn )(?<!việc )(?<!hoạch )(?<!lịch )"
        rf"trên(?=\s+{NUMBER}\s*(?:lần|lượt|buổi))"),
    _rule("how_long", r"(?:cả|suốt)\s+(?:ngày|tuần|tháng|đêm)(?!\s+(?:từ\s+)?\d)"),
    _rule("before", rf"(?:trước|sớm hơn)\s+{HOUR.format(n=1)}", hour_of),
    _rule("after", rf"(?:sau|muộn hơn|trễ hơn)\s+{HOUR.format(n=1)}", hour_of),
    _rule("until_hour", r"(?:cho\s+)?(?:đến|tới) khi\b"),
    _rule("until_hour", rf"quá\s+{HOUR.format(n=1)}", hour_of),
    _rule("until_hour", rf"(?:cho\s+)?(?:đến|tới)\s+(?:hết\s+)?{HOUR.format(n=1)}"),
    _rule("some_days", r"(?:trong\s+)?(?:những|các|suốt|thời gian)\s+(?:ngày\s+)?(?:diễn ra|tổ chức)\b"),
    _rule("some_days", rf"{NUMBER}\s+(?:ngày|tuần|tháng|hôm|đêm)\b"),
    _rule("near_day", r"(?:trong\s+|vào\s+)?(?:(?:tuần|tháng|ngày)\s+(?:tới|này|sau|kế tiếp)|hôm nay|ngày mai"
        r"|ngày kia|(?:sáng|trưa|chiều|tối|đêm)\s+(?:nay|mai)\b(?!\s*,?\s*\(?(?:ngày\s+)?\d{1,2}\s*/))"),
    _rule("near_day", r"(?:(?<=sáng )|(?<=trưa )|(?<=chiều )|(?<=tối )|(?<=đêm ))(?:nay"
        r"|mai)\b(?!\s*,?\s*\(?(?:ngày\s+)?\d{1,2}\s*/)"),
    _rule("part", _PART, part_of),
    # days
    _rule("period", when.NAMED_RANGE, partial(period_named, pattern=when.NAMED_RANGE)),
    _rule("period", when.NAMED_FROM, partial(period_named, pattern=when.NAMED_FROM)),
    _rule("period", when.RANGE, partial(period_of, pattern=when.RANGE)),
    _rule("period", when.BARE_RANGE, partial(period_of, pattern=when.BARE_RANGE)),
    _rule("period", when.FOR_DAYS, partial(period_of, pattern=when.FOR_DAYS)),
    _rule("period", when.FROM, partial(period_of, pattern=when.FROM)),
    _rule("period", when.UNTIL, partial(period_of, pattern=when.UNTIL)),
    _rule("period", when.UNTIL_MONTH, partial(period_of, pattern=when.UNTIL_MONTH)),
    _rule("period", when.UNTIL_YEAR, partial(period_of, pattern=when.UNTIL_YEAR)),
    _rule("period", when.SIGNED, partial(period_of, pattern=when.SIGNED)),
    _rule("period", when.NOW, partial(period_of, pattern=when.NOW)),
    _rule("period", when.MONTHS, partial(period_of, pattern=when.MONTHS)),
    _rule("period", when.MONTHS_LISTED, partial(period_of, pattern=when.MONTHS_LISTED)),
    _rule("period", when.MONTH, partial(period_of, pattern=when.MONTH)),
    _rule("for_days", _SO_LONG, so_many_days),
    _rule("for_days", rf"(?P<n>{NUMBER})\s+(?P<unit>ngày|tuần)\s+(?:liên tục|liên tiếp|liền)\b", so_many_days),
    _rule("for_days", r"thời (?:hạn|gian)(?:\s+(?:phát|tuyên truyền|thực hiện))?\s*:?\s*(?:là\s+)?"
        rf"(?P<n>{NUMBER})\s+(?P<unit>ngày|tuần)\b", so_many_days),
    _rule("for_days", r"(?:trong\s+)?tuần (?:đầu(?: tiên)?|thứ nhất)\b", first_week),
    _rule("days", rf"(?:(?:vào|trong)\s+)?{DAY.format(n=1)}", one_day),
    _rule("days", rf"(?:vào\s+)?(?P<near>hôm nay|ngày mai|ngày kia|nay|mai)\s*,?\s*(?:\(\s*)?{DAY.format(n=1)}\s*\)?",
          day_near),
    _rule("days", rf"ngày\s+(?:nghỉ\s+)?lễ\s+{DAY.format(n=1)}", day_named),
    _rule("days", when.DAYS_LISTED, listed_days),
    _rule("weekdays", rf"(?:(?:vào|trong)\s+)?(?:các\s+)?(?:ngày\s+)?(?:{when.WEEKDAYS_NAMED.pattern})", weekdays_of),
    _rule("weekdays", rf"(?:(?:vào|trong)\s+)?(?:các\s+)?(?:ngày\s+)?(?:{when.DAYS_IN_SHORT.pattern})",
          days_in_short),
    _rule("day_name", r"\(\s*(?:là )?ngày (?:bầu cử|khai giảng|khai mạc|bế mạc|ra quân|hội)\s*\)"),
    _rule("rest", r"(?:(?:vào|trong)\s+)?(?:các|những)?\s*ngày (?:còn lại|khác)(?:\s+(?:trong|của) tuần)?"),
    _rule("phase", r"(?:các|những|từ)?\s*(?:tuần|ngày) (?:tiếp theo|kế tiếp)"),
    _rule("phase", r"(?:sau đó|tiếp đó)(?:\s*(?=,))?"),
    _rule("phase", r"(?:trong\s+)?(?:giai đoạn|đợt)\s+(?:\d|[iv]+|đầu|một|hai|ba|sau|tiếp theo)\b"),
    _rule("phase", r"tuần\s+(?:\d|[iv]+|một|hai|ba|sau)(?=\s*\(\s*(?:từ\s+)?(?:ngày\s+)?\d)"),
    # what is not done, and what is none of the order
    _rule("except", r"ngoại trừ|trừ(?:\s+ra)?|không kể|không tính|không bao gồm"
        r"|tránh(?:\s+(?:phát|các))*(?=\s+(?:khung|giờ|lúc|ngày|buổi|thứ|chủ|từ|vào|trong|trước|sau|cuối|\d))"),
    _rule("silent", rf"(?:không|chưa)\s+(?:được\s+|bố trí\s+|tổ chức\s+|thực hiện\s+)?(?:{_AIR}|mở loa|bật loa"
        rf"|mở máy)(?:\s+trên loa)?|tắt loa"),
    _rule("silent", rf"(?:nghiêm cấm|cấm|không cho phép)(?:\s+việc)?\s+(?:{_AIR}|mở loa|bật loa)(?:\s+trên loa)?"),
    _rule("silent", rf"(?:(?:tạm\s+)?(?:nghỉ|ngừng|dừng|ngưng|thôi)(?!\s+(?:đỗ|xe)\b)"
        rf"(?:\s+(?:không(?=\s+(?:phát|tuyên|tiếp|mở))|việc|ngay|hẳn|toàn bộ))*"
        rf"|chấm dứt(?:\s+việc)?(?=\s+(?:phát|tuyên|tiếp))"
        rf"|không tiếp tục(?=\s+(?:phát|tuyên|tiếp)))(?:\s+(?:{_AIR}|tuyên truyền|tiếp âm"
        rf"|tiếp sóng|hoạt động(?:\s+của)?(?:\s+hệ thống)?\s+(?:loa|đài)(?:\s+truyền thanh)?))?(?:\s+trên loa)?"),
    _rule("usual", r"(?:trước đây|trước đó|hiện nay|hiện đang|(?<!thực )(?<!xuất )(?<!thể )hiện|(?<!phát )bình thường"
        r"|thường ngày|lâu nay)\b"),
    _rule("usual", r"(?:đang|đã) phát"),
    _rule("usual", r"đã (?:nâng|tăng)(?: lên)?(?=\s+\d)"),
    _rule("told", r"đã (?:sản xuất|biên tập|xây dựng|thực hiện|tổ chức|tuyên truyền|tiếp âm|đăng|đọc)"),
    _rule("reached", r"mới (?:chỉ )?phát được"),
    _rule("usual", rf"(?:trong )?{NUMBER} (?:ngày|tuần|tháng|năm) (?:(?:vừa )?qua|gần đây|đầu năm"
        r"(?: (?:19|20)\d\d)?)\b"),
    _rule("usual", r"thay vì(?= phát)"),
    _rule("usual", r"năm (?:19|20)\d\d(?=,? (?:đài |loa |phường |xã |trạm )?đã\b)"),
    _rule("usual", r"(?:trong )?quý (?:[iv]{1,3}|[1-4])(?:\s*(?:/|năm)\s*(?:19|20)\d\d)?"
        r"(?=,? (?:đài |loa |phường |xã |trạm )?đã\b)"),
    _rule("quarter", r"(?:trong )?quý (?:[iv]{1,3}|[1-4])(?:\s*(?:/|năm)\s*(?:19|20)\d\d)?"),
    _rule("average", r"bình quân|trung bình"),
    _rule("usual", r"(?:(?:thời gian|giai đoạn|tháng|tuần|quý|năm) (?:trước|(?:vừa )?qua|vừa rồi)|năm ngoái|hôm qua"
        r"|(?:những|các|mấy) (?:ngày|tuần|tháng) (?:vừa )?qua|(?:dịp|đợt) [^\W\d]+(?: [^\W\d]+)? (?:vừa qua|vừa rồi))"
        r"(?=,? (?:đài|loa|phường|xã|trạm|chỉ|đã|mới|phát|mỗi)\b)"),
    _rule("now", r"năm nay\b(?=,? phát)|nay\b|từ nay(?=\s+(?:phát|tăng|nâng))"),
    _rule("keeps", r"tiếp tục(?=\s+(?:phát|duy trì|thực hiện))|giữ nguyên|duy trì"),
    _rule("elsewhere", r"(?:theo|tại|như|có|bằng|\()\s*(?:các\s+)?(?:lịch|kế hoạch|phụ lục|biểu|bảng|danh sách"
        r"|phụ biểu)(?:\s+[^\W\d]+){0,4}?\s+(?:kèm theo|đính kèm|gửi kèm|sau|sau đây|dưới đây)"),
    _rule("elsewhere", r"theo (?:lịch|khung giờ|thời gian biểu)(?: phát(?: thanh| sóng)?)?"
        r"(?= (?:của|do|đã|hiện|chung|tuần)\b)"),
    _rule("elsewhere", r"(?:theo (?:lịch|khung giờ|thời gian)(?: [^\W\d]+){0,3} )?"
        r"(?:tại|theo|ở|trong) (?:phụ lục|phụ biểu)"),
    _rule("elsewhere", r"(?:giờ|khung giờ|lịch)(?: phát(?: thanh| sóng)?)?\s*:?\s*(?:vẫn |giữ nguyên |giữ )?"
        r"(?:như (?:cũ|trước|hiện nay|hiện tại|bình thường|thường lệ|mọi khi|(?:tuần|tháng|năm|đợt|lần) (?:trước|ngoái)"
        r"|(?:tuần|tháng|năm|đợt|lần) (?:vừa )?(?:qua|rồi))|không (?:thay )?đổi)"),
    _rule("elsewhere", r"(?:kèm theo|đính kèm|gửi kèm)"),
    _rule("elsewhere", r"(?:như|theo) (?:kế hoạch|lịch|khung giờ) (?:đã|được) (?:gửi|ban hành|thông báo|duyệt)"),
    _rule("elsewhere", r"(?:số (?:lần|lượt|buổi)|tần suất|thời lượng)(?: phát)? theo (?:quy định|kế hoạch|lịch)"
        r"(?: (?:hiện hành|chung))?(?=\s*(?:[.,;]|$))"),
    _rule("elsewhere", r"theo (?:lịch|khung giờ|kế hoạch|phụ lục|biểu)\s*(?=[:.]|$)"),
    _rule("maybe", r"(?<!các )(?<!những )(?:trong )?trường hợp(?=[^.;]{2,90}(?:\bthì\b|,))"),
    _rule("maybe", r"xen kẽ|luân phiên|cách (?:ngày|nhật)"),
    _rule("maybe", r"có thể|dự kiến|đình chỉ|tạm thời|không (?:bắt buộc|nhất thiết|cần thiết)|cố gắng|xem xét"
        "|nghiên cứu"
        r"|khuyến khích|linh (?:hoạt|động)|nếu được"),
    _rule("maybe", r"(?:\A|(?<=đài )|(?<=loa ))(?:chỉ )?nên(?=\s+(?:phát|mở|bật|đọc)\b)"),
    _rule("maybe", r"tự (?:bố trí|chọn|quyết định|sắp xếp)"),
    _rule("reported", r"(?:mỗi|hằng|hàng) (?:tháng|quý|năm)|kiến nghị|phản ánh|đề xuất|nguyện vọng|mong muốn"
        "|cho rằng|cho biết|được biết|dư luận"
        r"|tham mưu|xin phép|(?:đề nghị|xin)(?: cho)? (?:được|phép)|ý kiến (?:đề nghị|cho|của)|có ý kiến|theo đề nghị"),
    _rule("nonstop", r"(?:phát\s+)?liên tục(?= *(?:[.,;]|$|từ \d|trong (?:ngày|suốt|các)))"),
    _rule("ends", r"(?:thì|sau đó(?: thì)?)\s+(?:dừng|kết thúc|thôi|ngừng|ngưng)(?:\s+phát)?(?=\s*(?:[.;]|$))"),
    _rule("moved", rf"(?:lùi|dời|chuyển|đổi)\s+(?:giờ\s+)?(?:sang|xuống|đến)(?=\s+(?:lúc\s+)?{HOUR.format(n=1)})"),
    _rule("relay", r"đài (?:tỉnh|thành phố|huyện|trung ương|tiếng nói|truyền hình|ptth|pt-th)"
        r"(?:,? (?!đề|yêu|giao|đài|mà|để|được)[^\W\d]+){0,3}? phát(?= (?:chương|bản|tin|lúc|vào|từ|ngày|mỗi|\d))"),
    _rule("relay", r"tiếp âm|tiếp sóng|chuyển tiếp|phát lại"),
    _rule("verb", rf"phát lại {_TEXT}(?: viết)? (?:này|trên|nêu trên)"),
    _rule("verb", rf"{_AIR}|(?:mở|bật) loa|đưa tin"
        rf"|đọc(?:\s+(?:giúp|giùm))?(?=\s+(?:trên|bản|bài|nội dung|thông báo|tin|ngày|mỗi|hằng|danh sách|lời|thư|lịch))"
        rf"|(?:(?:anh|chị|bác|chú|cô|em)\s+)?đọc\s+(?:giúp|giùm|dùm|hộ)(?:\s+(?:e|em|mình|anh|chị|cháu|tôi|con))?\b"
        rf"|tuyên truyền(?=\s+(?:hằng|hàng|mỗi) (?:ngày|tuần)\s+(?:trên|qua) (?:hệ thống )?loa)"
        rf"|(?:thông báo|tuyên truyền)(?=\s+(?:trên|qua) (?:hệ thống )?(?:loa|đài|truyền thanh|sóng truyền thanh))"
        rf"|truyền thanh trực tiếp|(?<=đài )đọc"
        rf"|(?:truyền thanh|tuyên truyền)(?=\s+(?:ít nhất\s+|tối thiểu\s+)?(?:mỗi|hằng|hàng|{NUMBER})\b)"),
    _rule("spread", r"tuyên truyền(?=\s+về\b)"),
    _rule("spread", r"(?:đài|trạm)(?:\s+(?:truyền|phát) thanh)?(?:\s+(?:cấp\s+)?(?:xã|phường|thị trấn|cơ sở))?"
        r"\s+(?:tuyên truyền|(?:giúp |giúp đỡ )?(?:thông báo|nhắc(?: nhở)?|nhắn)(?: giúp| giùm| hộ)?)"),
    _rule("spread", rf"(?:đài|trạm)\s+(?:truyền|phát) thanh\s+{_OF_PLACES}\s+(?:tuyên truyền|thông báo)"),
    _rule("ask", r"(?<!ứng )(?<!theo )(?<!đạt )yêu cầu|đề nghị"
        r"|nhờ(?=\s+(?:đài|loa|cán bộ|công chức|đồng chí|anh|chị|ban|bác|cô|chú|phường|xã)\b)"
        r"|giao(?=\s+(?:đài|cho|công chức|ubnd|trung tâm|các|văn|trưởng))|chỉ đạo"),
    _rule("topic", r"(?:vì|do|bởi)(?! (?:vậy|thế|đó)\b)"),
    _rule("maybe", DECIDES),
    _rule("topic", r"nhân (?:dịp|kỷ niệm|ngày(?! \d)|tháng(?! \d))"),
    _rule("topic", r"(?:(?:cho|để) (?:nhân dân|bà con|người dân|mọi người) (?:được )?biết,? (?:và )?"
        r"(?:chủ động|phòng tránh)|cho\s+(?:công tác|nội dung|tin|bài|chuyên mục|việc)"
        r"|về\s+(?:các\s+)?cách(?=\s+(?:phòng|chống|thức|làm|nhận|xử|sử|phân|khai|đề))|về(?:\s+việc)?|phòng,?\s+chống"
        r"|bài(?:\s+(?:viết|tuyên truyền))?|bản tin|nội dung|chuyên mục|việc|thông báo|thông tin|tin|thông điệp|lời"
        r"|khuyến cáo|cảnh báo|để|nhằm|góp phần|phục vụ)"),
    _rule("other", OTHER_WORK),
    _rule("other", NO_AIRING),
    _rule("supply", r"(?:ghi|nhận)(?: được)?(?: lại)? (?:điện thoại|cuộc gọi|tin nhắn)|báo qua điện thoại"
        r"|(?:gọi(?: điện)?|nhắn(?: tin)?|điện thoại)(?= (?:lúc|hồi|vào lúc) \d)"
        r"|(?:cung cấp|biên soạn|soạn|chuẩn bị|chuyển|bàn giao)(?= (?:các )?(?:tin|bài|nội dung|tài liệu|đề cương)\b)"),
    _rule("ordinal", r"lần\s+(?:thứ\s+)?(?:\d|nhất|hai|ba|tư)"
        r"(?=\s*[:,]?\s*(?:(?:vào|lúc|phát)\s+)*\d{1,2}\s*(?:h|giờ|:))"),
    _rule("slots", rf"(?:(?:trong|vào)\s+)?(?P<n>{NUMBER})\s+khung giờ(?=\s*[:(,]|\s+\d|\s+sau)", counted),
    _rule("length", r"dài(?=\s+\d{1,2}\s*phút)"),
    _rule("length", r"(?:tổng\s+)?thời lượng|thời gian(?=\s+(?:mỗi|một)\s+(?:buổi|lần|lượt))"),
    _rule("place", r"(?:(?:tại|ở|cho|riêng|trừ)\s+)?(?:loa\s+|cụm\s+)?(?:các\s+)?(?:thôn|ấp|xóm|khóm"
        r"|buôn(?! (?:lậu|bán))|tổ dân phố|khu phố|khu dân cư|khu vực)\b"),
    _rule("place", r"(?:(?:tại|ở)\s+)?(?:các\s+)?(?:cụm|điểm)\s+loa\s+(?:gần|số|khu|cạnh|trung tâm)\b"),
    _rule("phrase", r"(?:đài(?: truyền thanh)?|loa|cụm loa|(?:tổ )?trưởng(?: ban)?|ban nhân dân"
        r"|truyền thanh)(?: của)? (?:các |tất cả các )?(?:thôn|ấp|xóm|khóm|khu phố|tổ dân phố|khu dân cư"
        r"|bản)(?:,? (?:và )?(?:các )?(?:thôn|ấp|xóm|khu phố|tổ dân phố))*"),
    _rule("phrase", PHRASES),
    _rule("phrase", NAMED_DAYS),
    _rule("phrase", r"\((?:ngày )?(?:mùng |mồng )?\d{1,2} (?:tháng )?(?:chạp|giêng|tết)(?: âm lịch)?\)"),
    _rule("phrase", NAMED_OFFICES),
    _rule("word", THINGS_DONE),
    _rule("of_airing", rf"(?:thời gian|thời điểm|khung giờ|giờ|lịch|tần suất|số (?:lần|lượt|buổi)) {_AIR}(?=\s*:)"),
    _rule("topic", CHANGES_A_THING),
    _rule("word", COMPOUNDS),
    _rule("event", EVENTS),
    _rule("season", SEASONS),
    _rule("genre", GENRES),
    _rule("phrase", DOCUMENT),
    _rule("phrase", r"\((?:\d|[a-zđ]|i{1,3}|iv|vi{0,3})\)(?=\s+(?!lần|lượt|buổi|phút|ngày)[^\W\d])"),
    _rule("phrase", rf"(?:dưới|trên|gần|hơn|khoảng)\s+\d+\s+{MEASURES}\b"),
    _rule("phrase", r"(?:khoảng|chừng)(?=\s+\d{1,3}\s*phút\b)"),
    _rule("on_air", ON_AIR),
    _rule("for_text", r"đối với (?:các )?(?:nội dung|thông báo|bản tin|tin|bài|chuyên mục)(?: (?:này|trên|nêu trên))?"),
    _rule("phrase", r"0\d{2,3}(?:[ .]?\d{2,4}){2,3}(?!\d)"),
    _rule("opener", r"(?:riêng|chỉ|còn|kể cả|nhưng|song)"),
)  # fmt: skip
