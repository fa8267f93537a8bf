from raspir.ir import Graph, Location, build


def test_a_cell_of_a_notebook_is_called_that_and_not_by_the_name_that_the_kernel_made_up():
    assert str(Location("/tmp/ipykernel_1234/567890.py", 2)) == "notebook cell:2"
    assert str(Location(r"C:\Temp\ipykernel_1234\567890.py", 2, 3)) == "notebook cell:2:3"
    assert str(Location("/tmp/ipykernel_1234/mine/567890.py", 2)).endswith("567890.py:2")


def test_a_node_without_a_location_has_the_place_of_the_first_that_uses_it():
    tokens = build("input", name="tokens")
    number = build("to_int", tokens)
    first, second = build("add", number, number), build("sub", number, tokens)
    unused = build("to_str", second)
    locations = {first: Location("a.rasp", 1), second: Location("a.rasp", 2)}
    graph = Graph({"a": first, "b": unused}, locations=locations)
    assert graph.place(number) == graph.place(tokens) == Location("a.rasp", 1)
    assert graph.place(second) == Location("a.rasp", 2)
    assert graph.place(unused) is None
    assert number not in graph.locations
