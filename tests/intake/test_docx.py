"""Word files of offices: tables, boxes, tracked changes, notes, headers, old fonts, hidden text."""

import docx
import pytest
from docx.oxml import OxmlElement

from scheduler.core.dispatch import dispatch_json, read_dispatch
from tests.intake.made import TEXT, W, as_tcvn3, as_vni, box, docx_of, paragraph, run, saved, table, word_file, zip_of
from tests.intake.reading import lines, read

CODES = '<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/>'


def test_a_docx_is_read_by_its_content_whatever_its_name_says():
    assert dispatch_json(read_dispatch(read(docx_of(TEXT), "anh.jpg"))) == dispatch_json(read_dispatch(TEXT))


def test_a_letterhead_in_a_table_of_two_columns_is_read():
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nPHƯỜNG AN LẠC"
    table.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    table.cell(1, 0).text = "Số: 12/UBND-VX\nV/v tuyên truyền trên\nhệ thống loa"
    table.cell(1, 1).text = "An Lạc, ngày 3 tháng 5 năm 2024"
    document.add_paragraph("Kính gửi:")
    for name in ("Các tổ dân phố;", "Trạm Y tế phường."):
        document.add_paragraph(name, style="List Bullet")
    document.add_paragraph("Ủy ban nhân dân phường đề nghị phát thanh 3 lần/ngày./.")
    found = dispatch_json(read_dispatch(read(saved(document))))
    assert found["number_symbol"] == "12/UBND-VX"
    assert found["date"] == "2024-05-03"
    assert found["issuer"] == "Ủy ban nhân dân phường An Lạc"
    assert found["subject"] == "tuyên truyền trên hệ thống loa"
    assert found["addressees"] == ["Các tổ dân phố", "Trạm Y tế phường"]
    assert found["frequency"][0]["per_day"] == 3


def test_cells_are_read_row_by_row_left_before_right():
    left = paragraph("ỦY BAN NHÂN DÂN") + paragraph("PHƯỜNG AN LẠC")
    rows = ((left, paragraph("CỘNG HÒA")), (paragraph("Số: 12/UBND"), paragraph("An Lạc, ngày 3 tháng 5 năm 2024")))
    assert lines(word_file(table(*rows))) == [
        "ỦY BAN NHÂN DÂN", "PHƯỜNG AN LẠC", "CỘNG HÒA", "Số: 12/UBND", "An Lạc, ngày 3 tháng 5 năm 2024",
    ]  # fmt: skip


def test_a_table_within_a_cell_is_read_in_its_place():
    inner = table((paragraph("trong"),))
    assert lines(word_file(table((paragraph("trước") + inner + paragraph("sau"), paragraph("phải"))))) == [
        "trước", "trong", "sau", "phải",
    ]  # fmt: skip


@pytest.mark.parametrize("main", ["word/document.xml", "word/document2.xml"], ids=["Word", "Office on the web"])
def test_the_main_part_is_found_by_what_the_package_says(main):
    assert lines(word_file(paragraph("Kính gửi"), main)) == ["Kính gửi"]


def test_a_strict_open_xml_file_is_read():
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r"'
        b' Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    strict = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    document = f"<w:document {strict}><w:body>{paragraph('Kính gửi')}</w:body></w:document>".encode()
    assert lines(zip_of({"_rels/.rels": relations, "word/document.xml": document})) == ["Kính gửi"]


# --- tracked changes --------------------------------------------------------------------------------------------------


def test_tracked_changes_are_read_as_accepted():
    document = docx.Document()
    added = document.add_paragraph("Phát thanh ")
    for tag, text_tag, text in (("w:del", "w:delText", "hai"), ("w:ins", "w:t", "ba")):
        change, made, shown = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
        shown.text = text
        made.append(shown)
        change.append(made)
        added._p.append(change)
    added.add_run(" lần/ngày")
    assert read(saved(document)) == "Phát thanh ba lần/ngày"


def test_moved_text_stands_where_it_was_moved_to():
    moved = run("mỗi ngày")
    body = paragraph(run("phát "), f"<w:moveFrom>{moved}</w:moveFrom>", run("ba lần "), f"<w:moveTo>{moved}</w:moveTo>")
    assert lines(word_file(body)) == ["phát ba lần mỗi ngày"]


def test_a_deleted_end_of_a_paragraph_joins_it_to_the_next():
    gone = "<w:rPr><w:del/></w:rPr>"
    body = paragraph("Đề nghị phát", properties=gone) + paragraph(" ba lần.") + paragraph("Nơi nhận:")
    assert lines(word_file(body)) == ["Đề nghị phát ba lần.", "Nơi nhận:"]


def test_a_wholly_deleted_paragraph_leaves_no_line():
    deleted = paragraph(f"<w:del>{run('bỏ')}</w:del>", properties="<w:rPr><w:del/></w:rPr>")
    assert read(word_file(paragraph("một") + deleted + paragraph("hai"))) == "một\nhai"


def test_text_before_a_deleted_end_is_not_lost_at_the_end_of_the_file():
    assert lines(word_file(paragraph("cuối cùng", properties="<w:rPr><w:del/></w:rPr>"))) == ["cuối cùng"]


def test_a_deleted_row_of_a_table_is_gone():
    gone = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph('bỏ')}</w:tc></w:tr>"
    kept = f"<w:tr><w:tc>{paragraph('giữ')}</w:tc></w:tr>"
    assert lines(word_file(f"<w:tbl>{gone}{kept}</w:tbl>")) == ["giữ"]


# --- boxes, fields, forms ---------------------------------------------------------------------------------------------


def test_a_text_box_is_read_once_after_the_paragraph_it_hangs_on():
    body = paragraph(run("Số: 12/UBND"), box(paragraph("THƯỢNG KHẨN"))) + paragraph("Kính gửi")
    assert lines(word_file(body)) == ["Số: 12/UBND", "THƯỢNG KHẨN", "Kính gửi"]


def test_a_box_within_a_box_is_read_once():
    inner = paragraph(run("ngoài"), box(paragraph("trong")))
    assert lines(word_file(paragraph(box(inner)))) == ["ngoài", "trong"]


def test_an_old_drawing_without_a_second_way_is_read():
    old = f"<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>{paragraph('KHẨN')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    assert lines(word_file(paragraph(old))) == ["KHẨN"]


def test_the_second_way_is_read_where_the_first_shows_no_text():
    drawn = f"<w:r><mc:AlternateContent><mc:Choice Requires='x'><w:drawing/></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{paragraph('HỎA TỐC')}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    assert lines(word_file(paragraph(drawn))) == ["HỎA TỐC"]


def test_a_field_gives_its_result_and_not_its_instruction():
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE \\@ "dd"</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("ngày 05")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert lines(word_file(paragraph(run("An Lạc, "), field))) == ["An Lạc, ngày 05"]


def test_the_empty_place_holder_of_a_form_is_no_text():
    form = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Bấm vào đây')}</w:sdtContent></w:sdt>"
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('12/UBND')}</w:sdtContent></w:sdt>"
    assert lines(word_file(paragraph(run("Số: "), form, filled))) == ["Số: 12/UBND"]


def test_breaks_tabs_and_hyphens_keep_their_meaning():
    signs = "<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:softHyphen/><w:t>e</w:t></w:r>"
    page = '<w:r><w:br w:type="page"/></w:r>'
    assert read(word_file(paragraph(signs) + paragraph(page, "f"))) == "a\nb\tc-de\n\ff"


# --- headers and notes ------------------------------------------------------------------------------------------------

SECTION = '<w:sectPr><w:headerReference w:type="{}" r:id="header1"/><w:headerReference w:type="even" r:id="header2"/>{}</w:sectPr>'


def header(*texts: str) -> str:
    return f"<w:hdr {W}>{''.join(paragraph(text) for text in texts)}</w:hdr>"


def test_a_letterhead_printed_in_the_header_of_page_1_comes_first():
    body = paragraph("Kính gửi: Các tổ dân phố") + SECTION.format("first", "<w:titlePg/>")
    made = word_file(body, header1=header("ĐIỆN LỰC AN LẠC", "Số: 12/ĐLAL"), header2=header("Trang chẵn của công văn"))
    assert lines(made) == ["ĐIỆN LỰC AN LẠC", "Kính gửi: Các tổ dân phố"]


def test_a_header_of_the_later_pages_is_not_read():
    body = paragraph("Kính gửi") + SECTION.format("default", "<w:titlePg/>")
    assert lines(word_file(body, header1=header("Công văn số 12 tiếp theo"))) == ["Kính gửi"]


def test_a_header_that_repeats_the_body_or_counts_pages_is_not_read():
    body = paragraph("ỦY BAN NHÂN DÂN") + SECTION.format("default", "")
    assert lines(word_file(body, header1=header("Ủy ban  nhân dân", "2", "Trang 2"))) == ["ỦY BAN NHÂN DÂN"]


def test_a_footer_is_never_read():
    body = paragraph("Kính gửi") + '<w:sectPr><w:footerReference w:type="default" r:id="footer1"/></w:sectPr>'
    assert lines(word_file(body, footer1=f"<w:ftr {W}>{paragraph('Địa chỉ của cơ quan')}</w:ftr>")) == ["Kính gửi"]


def test_footnotes_stand_at_the_end_with_their_numbers():
    notes = "".join(
        f'<w:footnote w:id="{number}"><w:p>{run(text)}</w:p></w:footnote>'
        for number, text in ((0, "đường kẻ"), (5, "Nghị định số 49/2024."), (3, "Công văn số 1."))
    )
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body = paragraph(run("Căn cứ"), mark.format(3), run(" quy định"), mark.format(5)) + paragraph("Nơi nhận:")
    made = word_file(body, footnotes=f"<w:footnotes {W}>{notes}</w:footnotes>")
    assert lines(made) == ["Căn cứ quy định", "Nơi nhận:", "[1] Công văn số 1.", "[2] Nghị định số 49/2024."]


# --- letters ----------------------------------------------------------------------------------------------------------


def test_a_run_in_an_old_vn_font_is_made_unicode_and_its_neighbour_left_alone():
    document = docx.Document()
    added = document.add_paragraph()
    for text, font in (("céng hßa ", ".VnTimeH"), ("nh©n d©n ", ".VnTime"), ("phường", ".VnTime"), (" café", "Arial")):
        added.add_run(text).font.name = font
    assert read(saved(document)) == "CỘNG HÒA nhân dân phường café"


def test_a_font_of_the_ordinary_style_alone_decides_the_letters():
    styles = f"<w:styles {W}><w:style w:type='paragraph' w:default='1' w:styleId='Normal'><w:rPr>{CODES}</w:rPr></w:style><w:style w:type='paragraph' w:styleId='B'><w:basedOn w:val='Normal'/></w:style></w:styles>"
    body = paragraph(as_tcvn3("nhân dân")) + paragraph(as_tcvn3("tổ dân phố"), properties='<w:pStyle w:val="B"/>')
    assert lines(word_file(body, styles=styles)) == ["nhân dân", "tổ dân phố"]


def test_a_character_style_stands_over_the_paragraph_and_the_run_over_both():
    styles = (
        f"<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>{CODES}</w:rPr></w:rPrDefault></w:docDefaults>"
        "<w:style w:type='character' w:styleId='U'><w:rPr><w:rFonts w:asciiTheme='minorHAnsi' w:hAnsiTheme='minorHAnsi'/></w:rPr></w:style></w:styles>"
    )
    vni = "<w:rStyle w:val='U'/><w:rFonts w:hAnsi='VNI-Times'/>"
    body = paragraph(run(as_tcvn3("đài "), ""), run("café ", "<w:rStyle w:val='U'/>"), run(as_vni("phường"), vni))
    assert lines(word_file(body, styles=styles)) == ["đài café phường"]


def test_a_vni_letter_parted_by_two_runs_is_one_letter():
    vni = "<w:rFonts w:ascii='VNI-Times' w:hAnsi='VNI-Times'/>"
    assert lines(word_file(paragraph(run("nha", vni), "<w:proofErr/>", run("ân daân", vni)))) == ["nhân dân"]


def test_typographic_quotes_among_old_letters_do_not_hide_them():
    assert lines(word_file(paragraph(run("“nh©n d©n”", CODES)))) == ["“nhân dân”"]


def test_the_soft_hyphen_of_an_old_font_is_a_letter():
    split = f"<w:r><w:rPr>{CODES}</w:rPr><w:t>ph</w:t><w:softHyphen/><w:t>êng</w:t></w:r>"
    assert lines(word_file(paragraph(split))) == ["phường"]


def test_codes_of_a_symbol_font_are_read():
    assert lines(word_file(paragraph(run("nh\uf0a9n", CODES)))) == ["nhân"]


@pytest.mark.parametrize(
    ("properties", "shown"),
    [
        pytest.param("<w:vanish/>", "", id="hidden"),
        pytest.param("<w:vanish w:val='0'/>", "chữ", id="not hidden after all"),
        pytest.param("<w:rStyle w:val='H'/>", "", id="hidden by its style"),
        pytest.param("<w:rStyle w:val='H'/><w:vanish w:val='false'/>", "chữ", id="shown in spite of its style"),
        pytest.param("<w:caps/>", "CHỮ", id="capitals"),
    ],
)
def test_text_is_read_as_it_is_shown(properties, shown):
    styles = f"<w:styles {W}><w:style w:type='character' w:styleId='H'><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"
    body = paragraph(run("một "), run("chữ", properties), run(" hai"))
    assert read(word_file(body, styles=styles)) == f"một {shown} hai"


def test_a_ring_of_styles_comes_to_an_end():
    styles = f"<w:styles {W}><w:style w:type='paragraph' w:styleId='A'><w:basedOn w:val='A'/></w:style></w:styles>"
    assert lines(word_file(paragraph("chữ", properties="<w:pStyle w:val='A'/>"), styles=styles)) == ["chữ"]


def test_comments_are_not_read():
    body = paragraph(run("Kính gửi"), '<w:r><w:commentReference w:id="0"/></w:r>')
    assert lines(word_file(body, comments=f"<w:comments {W}>{paragraph('sửa lại')}</w:comments>")) == ["Kính gửi"]
