//! Texts for a program that was started by double-clicking it or by dropping files onto it.

use crate::messages::Lang;

impl Lang {
    /// What to do with the program, for a reader who double-clicked it.
    pub(crate) fn how_to_start(self) -> &'static str {
        match self {
            Lang::En => concat!(
                "corridor ",
                env!("CARGO_PKG_VERSION"),
                " answers which planning zone contains a site or parcel.\n\
                 \n\
                 - Drop a file with sites or parcels onto the icon of this program: Excel, CSV, shapefile, GeoJSON, KML,\n\
                 \u{20}\u{20}GeoPackage or survey TXT. The result is written next to the file.\n\
                 - Or type commands in a terminal (PowerShell or cmd): corridor --help lists them.\n"
            ),
            Lang::Zh => concat!(
                "corridor ",
                env!("CARGO_PKG_VERSION"),
                "：查询点位、地块所属的规划片区。\n\
                 \n\
                 - 将点位或地块文件拖放到本程序图标上：支持Excel、CSV、Shapefile、GeoJSON、KML、GeoPackage和勘测定界TXT。\n\
                 \u{20}\u{20}结果写在原文件旁边。\n\
                 - 或在终端（PowerShell、cmd）中输入命令：corridor --help列出全部命令。\n"
            ),
        }
    }

    pub(crate) fn press_enter(self) -> &'static str {
        match self {
            Lang::En => "Press Enter to close this window.",
            Lang::Zh => "按回车键关闭窗口。",
        }
    }

    /// The result of a dropped file.
    pub(crate) fn result_in(self, file: &str) -> String {
        match self {
            Lang::En => format!("result: {file}"),
            Lang::Zh => format!("结果：{file}"),
        }
    }

    /// What the name of a result file has after that of the input.
    pub(crate) fn suffix_of_sites(self) -> &'static str {
        match self {
            Lang::En => "zones",
            Lang::Zh => "片区",
        }
    }

    /// What the name of a report has after that of the input.
    pub(crate) fn suffix_of_parcels(self) -> &'static str {
        match self {
            Lang::En => "report",
            Lang::Zh => "报告",
        }
    }
}
