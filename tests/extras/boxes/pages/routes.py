"""The addresses of the clusters of loudspeakers, and the right that each asks for, written down a second time."""

from tests.roles import EVERYBODY

ROUTES = {
    "GET /cum-loa": "see",
    "GET /cum-loa/tinh-hinh": "see",
    "POST /cum-loa/<cluster_id>/am-luong": "configure",
    "POST /cum-loa/<cluster_id>/tat-tieng": "configure",
    "POST /cum-loa/<cluster_id>/thu": "test_output",
    "POST /cum-loa/<cluster_id>/dung": "stop",
    "POST /cum-loa/<cluster_id>/quen-khoa": "configure",
    # boxes beside the horns have no session: a sound of the plan goes to whoever names it by its sha256
    "GET /cum-loa/am/<sha256>.wav": EVERYBODY,
}
