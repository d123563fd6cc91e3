"""A whole grant year acted out through the same services the browser uses, by invented people, in the right order.

``profiles/*.toml`` say which county, rules, networks and sums; ``measures.toml`` holds what the actors write. Nothing
is inserted behind the services' back: the demo and the rehearsals show what the program does, or fail where it fails.
"""
