"""Reports opened by openpyxl, python-docx and, where it is there, LibreOffice."""

import os
import pathlib
import shutil
import subprocess
import sys

import docx
import openpyxl

program, folder = pathlib.Path(os.environ["CORRIDOR"]).resolve(), pathlib.Path(sys.argv[1])
root = pathlib.Path(__file__).resolve().parents[2]
(folder / "sites.csv").write_text("name,lon,lat\n台州站,121.36898,28.65590\n=1+1,121.41386,28.66118\nC,28.6,121.4\n", encoding="utf-8")
COMMANDS = {
    "sites": ["locate", "sites.csv"],
    "parcels": ["overlay", root / "data/sample-parcels.txt", "--sum-by", "用途"],
    "areas": ["areas"],
}

for lang in ["en", "zh"]:
    for name, command in COMMANDS.items():
        for ending in ["xlsx", "docx"]:
            report = [program, "-q", "--exit-zero", "--lang", lang, *command, "--report", f"{name}-{lang}.{ending}", "--author", "局"]
            subprocess.run(report, cwd=folder, check=True)
        workbook = openpyxl.load_workbook(folder / f"{name}-{lang}.xlsx")
        assert workbook.properties.creator == "局"
        for sheet in workbook:
            assert sheet.page_setup.paperSize == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
            for row in sheet.iter_rows():
                for cell in row:
                    # Numbers are numbers, and nothing is a formula.
                    assert cell.data_type != "f", cell
                    if isinstance(cell.value, str) and cell.row > 20:
                        assert not cell.value.replace(",", "").replace(".", "", 1).isdigit(), cell
        assert sum(len(sheet._charts) for sheet in workbook) == 1, name
        document = docx.Document(folder / f"{name}-{lang}.docx")
        assert document.core_properties.author == "局"
        headings = [p.text for p in document.paragraphs if p.style.name.lower() == "heading 1"]
        assert headings == [sheet.title for sheet in workbook], (headings, workbook.sheetnames)
        assert all(len(row.cells) == len(table.columns) for table in document.tables for row in table.rows)
        names = {cell.text for table in document.tables for cell in table.columns[0].cells}
        assert ("Central Innovation Core" if lang == "en" else "中央创新核") in names

soffice = shutil.which("soffice")
if soffice is None:
    print("LibreOffice is not there: left out")
else:
    files = [file.name for file in folder.iterdir() if file.suffix in (".xlsx", ".docx")]
    for ending in [".xlsx", ".docx"]:
        of_ending = [file for file in files if file.endswith(ending)]
        command = [soffice, "--headless", "--convert-to", "pdf", "--outdir", f"pdf{ending}", *of_ending]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        for file in of_ending:
            pdf = folder / f"pdf{ending}" / (pathlib.Path(file).stem + ".pdf")
            assert pdf.stat().st_size > 10_000, pdf
print("reports: opened by openpyxl, python-docx" + (", LibreOffice" if soffice else ""))
