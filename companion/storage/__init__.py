"""What is kept: schema, migrations, one repository a subject. The only floor that holds SQL."""
