//! Checks that CSV files queried as one table have the same header: the engine matches columns by position.

use std::any::Any;
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};
use datafusion::catalog::TableProvider;
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::{ListingTable, ListingTableUrl};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::LogicalPlan;
use datafusion::object_store::ObjectStoreExt;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

/// The maximum header length that is compared.
const HEADER_BYTES: u64 = 1 << 16;

/// The names of the first file of a table and of one with a different header.
pub(super) async fn differing(context: &SessionContext, plan: &LogicalPlan) -> Result<Option<(String, String)>> {
    for table in tables(plan)? {
        let Some(table) = (table.as_ref() as &dyn Any).downcast_ref::<ListingTable>() else { continue };
        if table.options().format.get_ext() != "csv" {
            continue;
        }
        for url in table.table_paths() {
            if let Some(found) = differing_in(context, url, &table.options().file_extension).await? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// The tables of a query.
fn tables(plan: &LogicalPlan) -> Result<Vec<Arc<dyn TableProvider>>> {
    let mut tables = vec![];
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            tables.extend(source_as_provider(&scan.source));
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(tables)
}

async fn differing_in(
    context: &SessionContext,
    url: &ListingTableUrl,
    ending: &str,
) -> Result<Option<(String, String)>> {
    let (state, store) = (context.state(), context.runtime_env().object_store(url)?);
    let mut files: Vec<_> = url.list_all_files(&state, store.as_ref(), ending).await?.try_collect().await?;
    files.sort_unstable_by(|a, b| a.location.cmp(&b.location));
    let mut first: Option<(StringRecord, String)> = None;
    for file in files.iter().filter(|file| file.size > 0) {
        let start = store.get_range(&file.location, 0..file.size.min(HEADER_BYTES)).await?;
        let Some(header) = header(&start) else { continue };
        let name = file.location.filename().unwrap_or_default().to_owned();
        match &first {
            Some((known, known_name)) if *known != header => return Ok(Some((name, known_name.clone()))),
            Some(_) => {}
            None => first = Some((header, name)),
        }
    }
    Ok(None)
}

/// The first record of a file; `None` if it is not text.
fn header(start: &[u8]) -> Option<StringRecord> {
    let start = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(start);
    reader.records().next()?.ok()
}
