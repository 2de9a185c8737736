import pytest


@pytest.mark.xdist_group("some group")
def test_tests_of_a_group_are_kept_in_one_process(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("loadgroup", False):
        pytest.skip("groups are for --dist loadgroup")
    assert request.node.nodeid.endswith("@some group")
