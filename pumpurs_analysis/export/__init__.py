"""Files for people: what leaves the workbench as workbooks, pages and tables."""
