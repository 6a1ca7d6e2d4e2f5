//! What the published text says of each feature, in Chinese and English.

use std::collections::HashMap;

use serde::Deserialize;

/// A text in both languages.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let facts = Plan::bundled().facts().unwrap();
/// let role = &facts.features["core"].roles[1];
/// assert_eq!((role.zh.as_str(), role.en.as_str()), ("创新孵化", "Incubation"));
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What the plan means to reach by a year.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let facts = Plan::bundled().facts().unwrap();
/// let years: Vec<u32> = facts.features["corridor"].targets.iter().map(|target| target.year).collect();
/// assert_eq!(years, [2026, 2035]);
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The year.
    pub year: u32,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What the published plan says.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let facts = Plan::bundled().facts().unwrap();
/// assert_eq!(facts.plan, "台州湾科创走廊发展规划");
/// assert!(facts.sources[0].en.ends_with("14 November 2022"));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The Chinese title of the plan, as its root feature has it.
    pub plan: String,
    /// The functional clusters.
    pub clusters: Clusters,
    /// The documents that all this is from.
    pub sources: Vec<Text>,
    /// Where the bundled outlines are from; a planner's own are from elsewhere.
    pub outline: Text,
    /// By the id of the feature.
    pub features: HashMap<String, FeatureFacts>,
}

/// The functional clusters (功能组团).
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let clusters = Plan::bundled().facts().unwrap().clusters;
/// assert_eq!((clusters.published, clusters.named.len()), (14, 9));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clusters {
    /// How many the plan speaks of.
    pub published: u32,
    /// The ids of those that it names.
    pub named: Vec<String>,
}

/// What the published plan says of one feature.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let facts = Plan::bundled().facts().unwrap();
/// let luqiao = &facts.features["luqiao"];
/// assert_eq!(luqiao.focus[0].en, "industrial software");
/// // Areas of the three zones are not published; the notes say what is assumed.
/// assert!(luqiao.notes.iter().any(|note| note.en.contains("16 km²")));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureFacts {
    /// What it is in the plan.
    pub summary: Text,
    /// What it is to become (定位).
    #[serde(default)]
    pub roles: Vec<Text>,
    /// Its industries.
    #[serde(default)]
    pub focus: Vec<Text>,
    /// The projects named in it.
    #[serde(default)]
    pub projects: Vec<Text>,
    /// What is to be reached by when.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// How.
    #[serde(default)]
    pub measures: Vec<Text>,
    /// The research platforms named.
    #[serde(default)]
    pub platforms: Vec<Text>,
    /// The steps in which clusters grow.
    #[serde(default)]
    pub phases: Vec<Text>,
    /// What is not published, and what is our assumption.
    #[serde(default)]
    pub notes: Vec<Text>,
}
