"""Sentences about the second machine of a ward: who has the air, and what stands between the two.

Words only; one part of the table in `wording`.
"""

__all__ = ["PAIR_REASONS"]

PAIR_REASONS: dict[str, str] = {
    # Two machines of one ward
    "pair_here_already": "Máy này đang giữ sóng rồi, không cần nhận nữa.",
    "pair_other_lives": "Máy kia đang giữ sóng nên không thể phát một mình; hãy dùng nút Nhận sóng[, hoặc mở {page}].",
    "pair_no_copy": "Máy này chưa có bản sao dữ liệu của phường; hãy nối với máy kia để chép trước.",
    "pair_not_set_up": "Trạm này chưa khai máy thứ hai; hãy điền phần [pair] trong config.toml rồi bật lại trạm.",
    "pair_process_silent": "Bộ giữ sóng của máy này không trả lời; hãy xem trạm có chạy không, rồi xem log/pair.log.",
    "pair_key_missing": "Hai máy chưa có khóa chung; hãy chạy loa pair new ở máy có dữ liệu, loa pair join ở máy kia.",
    "pair_key_open": "Người khác đọc được tệp khóa chung của hai máy; hãy chạy: chmod 600[ {path}].",
    "pair_key_bad": "Khóa không đúng dạng: phải đủ 64 chữ số và chữ cái a–f; hãy gõ lại.",
    "pair_key_there": "Máy này đã có khóa chung; muốn ghép lại, hãy cất tệp khóa đi trước[: {path}].",
    "pair_key_wrong": "Hai máy không cùng khóa nên không nghe nhau; hãy ghép lại bằng loa pair new và loa pair join.",
    "pair_not_empty": "Máy này đã có lịch phát riêng, ghép vào sẽ ghi đè; nếu đúng muốn vậy, hãy thêm --over.",
    "pair_port": "Cổng để hai máy nói chuyện[ ({port})] đang bị dùng; hãy đổi pair.port và pair.peer_url.",
    "pair_stranger": "Máy hỏi[, tên {name},] không phải máy đã khai; hãy sửa pair.machine, pair.peer ở hai máy.",
    "pair_unreachable": "Không nghe thấy máy kia; hãy xem máy kia có bật không, rồi xem dây mạng và pair.peer_url.",
    "pair_other_version": "Hai máy chạy hai phiên bản khác nhau nên không chép được; hãy cập nhật cho bằng nhau.",
    "pair_name_bad": "Máy kia gửi một tên tệp lạ nên bị từ chối; hãy cập nhật phần mềm ở cả hai máy.",
    "pair_file_gone": "Một tệp đang chép không còn ở máy kia; máy này tự thử lại.",
    "pair_broker_away": "Không nối được máy chủ trung gian của hai máy (pair.url); máy này tự thử lại.",
    "pair_broker_refused": "Máy chủ trung gian của hai máy từ chối máy này; hãy xem khóa, chứng chỉ và quyền ở đó.",
    "pair_no_broker": "Chưa khai máy chủ trung gian (pair.url); một máy hỏng thì máy kia chờ lệnh phát một mình.",
    "pair_nobody": "MÁY NÀY KHÔNG GIỮ SÓNG, MÁY KIA KHÔNG RÕ. Hãy nối lại mạng; máy kia tắt hẳn thì bấm Phát một mình.",
    "pair_copy_old": "Bản sao ở máy này cũ hơn dữ liệu của máy kia nên máy này không tự nhận sóng; hãy nối hai máy.",
    "pair_clocks_differ": "Đồng hồ hai máy lệch nhau[ khoảng {minutes} phút]; hãy chỉnh, kẻo đổi máy thì phát sai giờ.",
    "pair_alone": "Máy này phát một mình theo lệnh của lãnh đạo, máy kia phải tắt; máy kia trở lại thì tự thôi.",
    "pair_say_off": "Hãy xem tận nơi máy kia đã tắt chưa, rồi đánh dấu vào ô trước khi phát một mình.",
    "pair_took": "Máy này nhận sóng.",
    "pair_given": "Máy này nhường sóng cho máy kia.",
    "pair_late": "Máy kia đã báo muộn những gì nó ghi một mình.",
    # What the doctor finds of the two machines
    "check_pair_here": "Máy này đang phát; máy {peer} theo sau.",
    "check_pair_follows": "Máy {peer} đang phát; máy này theo sau.",
}
