"""Orders put together of what offices write for how often, when and how long: each value comes back, or is asked about.

The clauses of the corpus were written one by one; this tries their parts in every order, in one sentence, in several
and as a list. It found what no clause did: "mỗi ngày 1 lượt vào buổi chiều" without its afternoon.
"""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.dispatch.order_corpus import read_body

Values = dict[str, object]
Fragment = tuple[str, Values]

TWICE: Values = {"per_day": 2}
AT: Values = {"at": ["06:00", "17:00"]}
PARTS: Values = {"parts": ["sáng", "chiều"]}
SPANS: Values = {"windows": ["05:30-06:30", "17:00-18:00"]}
FORTNIGHT: Values = {"start": "2026-03-05", "end": "2026-03-15"}

COUNTS: list[Fragment] = [
    *((words, TWICE) for words in (
        "mỗi ngày 2 lượt", "2 lượt/ngày", "ngày 2 lần", "02 lần mỗi ngày", "hằng ngày 2 lần", "với tần suất 02 lượt/ngày",
        "2 buổi/ngày", "mỗi ngày hai lần", "một ngày 2 lần", "2 lần trong ngày", "mỗi ngày phát 2 lượt", "ngày phát 2 buổi",
        "tần suất: 2 lần/ngày", "mỗi ngày 02 (hai) lần",
    )),
    ("sáng 1 lần, chiều 1 lần", TWICE | PARTS),
    ("cứ 2 giờ một lần", {"every_minutes": 120}),
    ("3 lượt/tuần", {"per_week": 3}), ("mỗi tuần 3 lần", {"per_week": 3}), ("tuần 3 buổi", {"per_week": 3}),
]  # fmt: skip
HOURS: list[Fragment] = [
    *((words, AT) for words in (
        "lúc 6 giờ và 17 giờ", "vào 6h00, 17h00", "vào các khung giờ 6h00 và 17h00", "sáng 6 giờ, chiều 17 giờ",
        "(6h00 và 17h00)", "buổi sáng lúc 6 giờ, buổi chiều lúc 17 giờ", "vào lúc 6 giờ sáng và 5 giờ chiều",
        "lúc 6 giờ; 17 giờ", "thời gian phát: 6h00 và 17h00",
    )),
    ("vào buổi sáng và buổi chiều", PARTS), ("(sáng, chiều)", PARTS),
    ("từ 5h30 đến 6h30 và từ 17h00 đến 18h00", SPANS), ("khung giờ 5h30 - 6h30; 17h00 - 18h00", SPANS),
]  # fmt: skip
ONCE: list[Fragment] = [
    (words, {"per_day": 1}) for words in ("mỗi ngày 1 lượt", "1 lượt/ngày", "mỗi ngày một lần", "ngày 01 lần")
]
HOUR: list[Fragment] = [
    ("lúc 17 giờ", {"at": ["17:00"]}), ("vào lúc 5 giờ chiều", {"at": ["17:00"]}),
    ("buổi chiều lúc 17 giờ", {"at": ["17:00"]}), ("lúc 5 giờ 30 phút sáng", {"at": ["05:30"]}),
    ("vào buổi chiều", {"parts": ["chiều"]}), ("vào các buổi chiều", {"parts": ["chiều"]}),
    ("buổi tối", {"parts": ["tối"]}), ("trong buổi phát thanh chiều", {"parts": ["chiều"]}),
    ("vào khung giờ 17h00 - 17h30", {"windows": ["17:00-17:30"]}), ("từ 17h đến 17h30", {"windows": ["17:00-17:30"]}),
]  # fmt: skip
DAYS: list[Fragment] = [
    *((words, FORTNIGHT) for words in (
        "từ ngày 05/3 đến ngày 15/3/2026", "từ 05/3 - 15/3/2026", "từ ngày 05 đến ngày 15/3/2026",
        "bắt đầu từ ngày 05/3/2026, kết thúc ngày 15/3/2026", "thời gian từ 05/3/2026 đến hết 15/3/2026",
        "từ ngày 05 tháng 3 đến ngày 15 tháng 3 năm 2026",
    )),
    ("trong các ngày 05, 06 và 07/3/2026", {"start": "2026-03-05", "end": "2026-03-07"}),
    ("trong tuần từ ngày 09/3 đến ngày 15/3/2026", {"start": "2026-03-09", "end": "2026-03-15"}),
    ("từ nay đến hết ngày 31/3/2026", {"start": "2026-03-03", "end": "2026-03-31"}),
    ("trong tháng 4/2026", {"start": "2026-04-01", "end": "2026-04-30"}),
    ("trong 10 ngày kể từ ngày 05/3/2026", {"start": "2026-03-05", "end": "2026-03-14"}),
    ("kể từ ngày 05/3/2026", {"start": "2026-03-05"}), ("đến hết ngày 31/3/2026", {"end": "2026-03-31"}),
    ("liên tục trong 7 ngày", {"days": 7}), ("ngày 05/3/2026", {"start": "2026-03-05", "end": "2026-03-05"}),
]  # fmt: skip
WEEKDAYS: list[Fragment] = [
    ("vào thứ Hai và thứ Tư", {"weekdays": [0, 2]}), ("từ thứ Hai đến thứ Sáu", {"weekdays": [0, 1, 2, 3, 4]}),
    ("trừ Chủ nhật", {"weekdays": [0, 1, 2, 3, 4, 5]}), ("(trừ thứ Bảy, Chủ nhật)", {"weekdays": [0, 1, 2, 3, 4]}),
    ("không phát Chủ nhật", {"weekdays": [0, 1, 2, 3, 4, 5]}),
    ("các ngày thứ Ba, thứ Năm, thứ Bảy hằng tuần", {"weekdays": [1, 3, 5]}),
]  # fmt: skip
LIMITS: list[Fragment] = [
    ("mỗi lần không quá 5 phút", {"max_minutes": 5}), ("không phát sau 21 giờ", {"not_after": "21:00"}),
    ("mỗi lượt 10 phút", {"session_minutes": 10}), ("thời lượng mỗi lần 10 phút", {"session_minutes": 10}),
]  # fmt: skip
AIRS = ("phát", "phát thông báo này", "phát bài tuyên truyền phòng, chống dịch", "phát bản tin trên hệ thống loa")


def _maybe(fragments: list[Fragment]) -> st.SearchStrategy[list[Fragment]]:
    return st.lists(st.sampled_from(fragments), max_size=1)


def _of_one_kind(counts: list[Fragment], hours: list[Fragment]) -> st.SearchStrategy[list[Fragment]]:
    kinds = st.tuples(*map(_maybe, (counts, hours, DAYS, WEEKDAYS, LIMITS)))
    return kinds.map(lambda found: [one for some in found for one in some]).flatmap(st.permutations)


def _written(airs: str, said: list[Fragment], joints: list[str], style: str) -> str:
    words = [words for words, _ in said]
    asks = f"Đề nghị Đài truyền thanh {airs}"
    if style == "sentence":
        return f"{asks} {''.join(a + b for a, b in zip(words, [*joints, '.'], strict=False))}"
    heads = [one[0].upper() + one[1:] for one in words]
    return (
        f"{asks}. {'. '.join(heads)}."
        if style == "sentences"
        else f"{asks}:\n" + "".join(f"- {one};\n" for one in heads)
    )


@settings(max_examples=300)
@given(st.data())
def test_each_value_of_a_composed_order_comes_back_or_is_asked_about(data):
    said = data.draw(st.one_of(_of_one_kind(COUNTS, HOURS), _of_one_kind(ONCE, HOUR)))
    want: Values = {}
    for _, values in said:
        want |= values
    assume(bool(want.keys() & {"per_day", "per_week", "every_minutes", "at", "windows"}))
    assume("parts" not in want or not want.keys() & {"at", "windows", "not_after"})  # the hours of a part say more
    joints = data.draw(
        st.lists(st.sampled_from([" ", ", ", ", ", "; "]), min_size=len(said) - 1, max_size=len(said) - 1)
    )
    style = data.draw(st.sampled_from(["sentence", "sentence", "sentences", "list"]))
    body = _written(data.draw(st.sampled_from(AIRS)), said, joints, style)
    orders, asked = read_body(body)
    assert asked or orders == [want], body
