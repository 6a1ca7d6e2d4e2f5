"""Sheets in the formats of office programs: python3 make.py (needs xlwt); the same rows in .xls and .ods."""
import datetime, zipfile
import xlwt

TITLE = '重点企业一览表'
ROWS = [
    ['台州站', '121°22′08.328″E', '28°39′21.24″N', 240, datetime.date(2022, 11, 14)],
    ['市图书馆', 121.41386, 28.66118, 35.5, datetime.date(2023, 5, 1)],
]

book = xlwt.Workbook(encoding='utf-8')
sheet = book.add_sheet('企业')
sheet.write_merge(0, 0, 0, 4, TITLE)
for column, name in ((0, '名称'), (3, '人数'), (4, '日期')):
    sheet.write_merge(2, 3, column, column, name)
sheet.write_merge(2, 2, 1, 2, '坐标')
sheet.write(3, 1, '经度（E）')
sheet.write(3, 2, '纬度（N）')
date = xlwt.easyxf(num_format_str='yyyy-mm-dd')
for row, cells in enumerate(ROWS, 4):
    for column, cell in enumerate(cells):
        sheet.write(row, column, cell, *([date] if isinstance(cell, datetime.date) else []))
sheet.write(6, 0, '合计')
sheet.write(6, 3, 275.5)
book.save('sheet.xls')

def cell(value, attributes=''):
    if value is None: return '<table:table-cell/>'
    if isinstance(value, str): return f'<table:table-cell{attributes} office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    if isinstance(value, datetime.date): return f'<table:table-cell office:value-type="date" office:date-value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'

covered = '<table:covered-table-cell/>'
def row(*cells): return '<table:table-row>' + ''.join(cells) + '</table:table-row>'
down = ' table:number-rows-spanned="2"'
rows = [
    row(cell(TITLE, ' table:number-columns-spanned="5"'), covered * 4),
    row('<table:table-cell table:number-columns-repeated="16384"/>'),
    row(cell('名称', down), cell('坐标', ' table:number-columns-spanned="2"'), covered, cell('人数', down), cell('日期', down)),
    row(covered, cell('经度（E）'), cell('纬度（N）'), covered, covered),
    *(row(*map(cell, cells)) for cells in ROWS),
    row(cell('合计'), cell(None), cell(None), cell(275.5)),
    '<table:table-row table:number-rows-repeated="1048500"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
]
content = ('<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
    '<table:table table:name="企业">' + ''.join(rows) + '</table:table></office:spreadsheet></office:body></office:document-content>')
manifest = ('<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>')
with zipfile.ZipFile('sheet.ods', 'w') as archive:
    archive.writestr(zipfile.ZipInfo('mimetype'), 'application/vnd.oasis.opendocument.spreadsheet')
    for name, text in (('content.xml', content), ('META-INF/manifest.xml', manifest)):
        archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
