//! SVG of charts, in millimetres.

use quick_xml::escape::escape;

use crate::messages::Lang;

pub(super) struct Svg(String);

impl Svg {
    /// A white picture of this size in millimetres.
    pub(super) fn new(width: f64, height: f64, title: &str, lang: Lang) -> Svg {
        // Fonts that have Chinese first where the text is Chinese.
        let fonts = match lang {
            Lang::En => "Helvetica, Arial, 'Liberation Sans', 'Noto Sans', 'Noto Sans CJK SC', sans-serif",
            Lang::Zh => {
                "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', SimHei, sans-serif"
            }
        };
        let (width, height) = (number(width), number(height));
        Svg(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\" font-family=\"{fonts}\">\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>",
            escape(title)
        ))
    }

    pub(super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        self.0
            .push_str(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"#{colour}\"/>"));
    }

    pub(super) fn text(&mut self, x: f64, y: f64, size: f64, anchor: &str, is_bold: bool, text: &str) {
        let [x, y, size] = [x, y, size].map(number);
        let weight = if is_bold { " font-weight=\"bold\"" } else { "" };
        self.0.push_str(&format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\"{weight} fill=\"#22262b\">{}</text>",
            escape(text)
        ));
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</svg>");
        self.0
    }
}

/// A hundredth of a millimetre is enough.
fn number(value: f64) -> String {
    ((value * 100.0).round() / 100.0).to_string()
}
