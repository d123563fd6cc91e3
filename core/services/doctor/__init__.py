"""The checks of `manage.py doctor`: each looks at one thing and says in one line how it stands and what to do."""
