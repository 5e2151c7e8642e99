"""The screens behind the navigation, each built when it is first shown."""
