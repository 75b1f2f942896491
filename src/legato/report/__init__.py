"""The analysis for people and programs: `result.json`, CSV tables, one self-contained page, lines for a terminal."""

from legato.report.document import SCHEMA, to_dict, to_json
from legato.report.findings import headline
from legato.report.page import report_html
from legato.report.summary import summary_lines
from legato.report.write import write_report

__all__ = ["SCHEMA", "headline", "report_html", "summary_lines", "to_dict", "to_json", "write_report"]
