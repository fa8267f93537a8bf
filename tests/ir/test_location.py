from raspir.ir import Location


def test_a_cell_of_a_notebook_is_called_that_and_not_by_the_name_that_the_kernel_made_up():
    assert str(Location("/tmp/ipykernel_1234/567890.py", 2)) == "notebook cell:2"
    assert str(Location(r"C:\Temp\ipykernel_1234\567890.py", 2, 3)) == "notebook cell:2:3"
    assert str(Location("/tmp/ipykernel_1234/mine/567890.py", 2)).endswith("567890.py:2")
