//! What does the plan say about a zone?

use taizhou_corridor::plan::Plan;

fn main() -> Result<(), taizhou_corridor::Error> {
    let plan = Plan::bundled();
    let zone = plan.feature("huangyan")?;
    println!("{} · {}", zone.name, zone.name_en.as_deref().unwrap_or_default());
    if let Some(facts) = plan.facts() {
        for role in &facts.features[&zone.id].roles {
            println!("  {} · {}", role.zh, role.en);
        }
    }
    println!("{}", plan.notice().unwrap_or_default());
    Ok(())
}
