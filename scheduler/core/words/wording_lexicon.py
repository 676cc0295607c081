"""Sentences of the word list (từ điển đọc): what is wrong with an entry or a list, and what to do next.

They read well without their details: one entry on the page has no number, a list from a file names the place of each.
"""

LEXICON_REASONS: dict[str, str] = {
    # The word list
    "lexicon_not_toml": "Danh sách cách đọc không phải TOML hợp lệ[: {detail}].",
    "lexicon_not_a_list": "Danh sách cách đọc phải gồm các mục [[entry]].",
    "lexicon_not_a_table": "Bảng cách đọc phải có dòng đầu với cột “viết” và cột “đọc”; hãy sửa dòng đầu rồi gửi lại.",
    "lexicon_not_text": "Tệp này không phải văn bản UTF-8; hãy lưu lại dạng CSV UTF-8 hoặc TOML rồi gửi lại.",
    "lexicon_file_too_large": "Tệp cách đọc quá lớn, tối đa {limit} kB; hãy chia nhỏ.",
    "lexicon_empty": "Trong tệp không có mục nào để nhập.",
    "lexicon_too_long": "Danh sách cách đọc có {entries} mục, tối đa {limit}; hãy bỏ bớt.",
    "lexicon_too_many_patterns": "Danh sách cách đọc có {entries} mẫu, tối đa {limit}; hãy bỏ bớt mẫu.",
    "lexicon_too_many_lists": "Đã có {limit} danh sách dùng chung; hãy bỏ bớt một danh sách rồi nhận danh sách này.",
    "lexicon_twice": "[Mục {entry}: ]“{written}” có hai lần trong danh sách; hãy bỏ một.",
    "lexicon_unknown_key": "Mục {entry} của danh sách cách đọc có khóa lạ “{written}”; hãy sửa hoặc bỏ khóa ấy.",
    "lexicon_entry_incomplete": "[Mục {entry}: ]Phải có cả chữ viết và cách đọc; hãy điền đủ hai ô.",
    "lexicon_entry_too_long": "[Mục {entry}: ]“{written}” quá dài; hãy rút ngắn.",
    "lexicon_bad_option": "Mục {entry} của danh sách cách đọc (“{written}”) có case hoặc pattern không đúng.",
    "lexicon_written_needs_word": "[Mục {entry}: ]“{written}” phải bắt đầu bằng chữ hoặc số; hãy viết lại.",
    "lexicon_said_has_digits": "[Mục {entry}: ]Cách đọc của “{written}” còn chữ số; hãy viết thành chữ.",
    "lexicon_bad_pattern": "[Mục {entry}: ]Mẫu “{written}” không phải biểu thức hợp lệ; hãy sửa lại.",
    "lexicon_pattern_matches_nothing": "[Mục {entry}: ]Mẫu “{written}” khớp cả chỗ trống; hãy viết hẹp lại.",
    "lexicon_pattern_not_allowed": "[Mục {entry}: ]Mẫu “{written}” dùng ký hiệu không được nhận; "
    "hãy chỉ dùng chữ, \\d, \\w, dấu ngoặc, dấu | và số lần lặp.",
    "lexicon_pattern_too_slow": "[Mục {entry}: ]Mẫu “{written}” có thể làm máy đọc rất chậm; "
    "hãy giới hạn số lần lặp, ví dụ nhiều nhất 4 chữ số.",
    "lexicon_unstable": "[Mục {entry}: ]“{written}” đọc là “{said}”, nhưng chữ đó lại bị đọc thành “{told}”; "
    "hãy viết cách đọc đúng như khi nói, không viết tắt.",
    "lexicon_breaks_other": "“{written}” làm hỏng cách đọc của “{other}”: “{said}” sẽ thành “{told}”; "
    "hãy viết dài hơn hoặc sửa mục kia trước.",
    "lexicon_breaks_rules": "“{written}” làm đổi từ mà máy dùng để đọc số, ngày, đơn vị (“{said}” thành “{told}”); "
    "muốn đọc giọng miền Nam hãy đổi speech.dialect trong cấu hình.",
    "lexicon_says_nothing": "“{written}” sẽ không được đọc thành tiếng nào; hãy viết cách đọc bằng chữ.",
    "lexicon_sample_needed": "Hãy viết một câu ví dụ có chỗ khớp với mẫu “{written}”.",
    "lexicon_exists": "“{written}” đã có trong từ của phường; hãy sửa mục đó.",
    "lexicon_changed_meanwhile": "Từ điển đã được người khác sửa trong lúc đó[ (“{written}”)]; hãy xem rồi làm lại.",
    "lexicon_not_listed": "“{written}” không có trong danh sách nào bên dưới; không có gì để tắt.",
    "lexicon_name_missing": "Danh sách dùng chung phải có tên; hãy đặt tên cho danh sách.",
    "lexicon_name_too_long": "Tên và phiên bản của danh sách dài tối đa {limit} ký tự; hãy rút ngắn.",
    "lexicon_same_list": "Danh sách “{title}” này đang được dùng, không có gì mới.",
}
