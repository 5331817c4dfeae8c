"""Developer spaces: who owns apps, their members and roles, and how versions are approved."""
