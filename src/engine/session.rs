//! Sessions with the functions, and queries answered batch by batch.

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::common::DataFusionError;
use datafusion::common::config::TableOptions;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use futures::StreamExt;
use tokio::runtime::{Builder, Runtime};

use crate::engine::headers;
use crate::engine::parcels::OverlayFunction;
use crate::engine::plans::{PlanId, PlanRef, Prepared};
use crate::engine::points::PointFunction;
use crate::error::{Error, ErrorKind, LibraryMessage, Result};
use crate::plan::Plan;

/// The functions of a plan.
pub(super) fn functions(plan: PlanRef) -> impl Iterator<Item = ScalarUDF> {
    let points = PointFunction::all(plan).map(ScalarUDF::new_from_impl);
    points.chain([ScalarUDF::new_from_impl(OverlayFunction::new(plan))])
}

/// Registers the functions of a plan in a session, replacing those of another plan. The plan is prepared
/// once per process and kept.
///
/// ```
/// use datafusion::prelude::SessionContext;
/// use taizhou_corridor::engine;
/// use taizhou_corridor::plan::Plan;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let context = SessionContext::new();
/// engine::register(&context, Plan::bundled());
/// let zone = context.sql("SELECT corridor_zone(121.36898, 28.65590) AS zone").await?.to_string().await?;
/// assert!(zone.contains("| core |"));
/// # Ok::<(), datafusion::error::DataFusionError>(())
/// # }).unwrap();
/// ```
pub fn register(context: &SessionContext, plan: Plan) -> PlanId {
    let plan = Prepared::of(plan);
    functions(plan).for_each(|function| context.register_udf(function));
    plan.id
}

/// A session with the functions of a plan and with files as tables: `SELECT … FROM 'points/*.parquet'`.
/// `partitions` is the degree of parallelism.
pub fn session(plan: Plan, partitions: usize) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(partitions.max(1));
    let state = with_text_options(SessionStateBuilder::new().with_config(config).with_default_features()).build();
    let context = SessionContext::new_with_state(state).enable_url_table();
    register(&context, plan);
    context
}

/// Configures the reading of text files: column types are inferred from all rows, not from the first thousand, and line
/// breaks in quotes are allowed wherever a file is split.
pub(super) fn with_text_options(builder: SessionStateBuilder) -> SessionStateBuilder {
    let mut options = TableOptions::default();
    options.csv.schema_infer_max_rec = Some(usize::MAX);
    options.csv.newlines_in_values = Some(true);
    options.json.schema_infer_max_rec = Some(usize::MAX);
    builder.with_table_options(options)
}

/// A running query.
///
/// ```
/// use taizhou_corridor::engine::Query;
/// use taizhou_corridor::plan::Plan;
///
/// let mut query = Query::new("SELECT corridor_path(121.36898, 28.65590) AS path", Plan::bundled(), 2)?;
/// assert_eq!(query.schema().field(0).name(), "path");
/// assert_eq!(query.next_batch()?.unwrap().num_rows(), 1);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct Query {
    schema: SchemaRef,
    stream: SendableRecordBatchStream,
    runtime: Runtime,
}

impl Query {
    /// Plans and starts an SQL query on files.
    ///
    /// Queries are read-only: statements that write or change the session are rejected, as is invalid SQL
    /// ([`ErrorKind::Query`]). Errors if a file does not exist or is not CSV, JSON or Parquet by its extension
    /// ([`ErrorKind::TableNotFound`]), and if CSV files queried as one table have different columns
    /// ([`ErrorKind::SchemaMismatch`]).
    ///
    /// # Panics
    /// In an asynchronous runtime, as the methods do: there, use a [`session`] directly.
    pub fn new(sql: &str, plan: Plan, partitions: usize) -> Result<Query> {
        // Deep expressions are planned and dropped recursively, partly without stack checks.
        const STACK_BYTES: usize = 64 << 20;
        let runtime = Builder::new_multi_thread()
            .worker_threads(partitions.max(1))
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()
            .map_err(|error| Error::new(ErrorKind::Engine(LibraryMessage::new("tokio", error))))?;
        let context = session(plan, partitions);
        let sql = sql.to_owned();
        // Not in the caller's thread, whose stack may be small.
        let planned = runtime.spawn(async move {
            let reads_alone =
                SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
            let planned = match context.sql_with_options(&sql, reads_alone).await {
                Ok(planned) => planned,
                Err(error) => return Err(missing_table(&context, &sql).await.unwrap_or_else(|| failed(error))),
            };
            let differing = headers::differing(&context, planned.logical_plan()).await.map_err(failed)?;
            if let Some((file, first)) = differing {
                return Err(Error::new(ErrorKind::SchemaMismatch { first }).in_file(file));
            }
            planned.execute_stream().await.map_err(failed)
        });
        let stream = runtime
            .block_on(planned)
            .map_err(|error| Error::new(ErrorKind::Engine(LibraryMessage::new("tokio", error))))??;
        Ok(Query { schema: stream.schema(), stream, runtime })
    }

    /// The columns of the result.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The next rows; `None` after the last.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let next = self.runtime.block_on(self.stream.next());
        next.transpose().map_err(failed)
    }
}

/// The first table of a query that does not exist: the engine says so in prose.
async fn missing_table(context: &SessionContext, sql: &str) -> Option<Error> {
    let state = context.state();
    let statement = state.sql_to_statement(sql, &state.config_options().sql_parser.dialect).ok()?;
    // Tables in rejected statements are often those that they would create.
    let reads = match &statement {
        Statement::Statement(statement) => matches!(**statement, SqlStatement::Query(_)),
        Statement::Explain(_) => true,
        _ => false,
    };
    if !reads {
        return None;
    }
    let defaults = &state.config_options().catalog;
    for reference in state.resolve_table_references(&statement).ok()? {
        let table = reference.resolve(&defaults.default_catalog, &defaults.default_schema);
        let schema = context.catalog(&table.catalog).and_then(|catalog| catalog.schema(&table.schema));
        let found = match schema {
            Some(schema) => schema.table(&table.table).await,
            None => Ok(None),
        };
        if let Ok(None) = found {
            // Tables are named as files are.
            let name = table.table.to_string();
            let exists = Path::new(&name).exists();
            return Some(Error::new(ErrorKind::TableNotFound { name, exists }));
        }
    }
    None
}

/// An error of the engine: one of this crate, of the query, or of what it reads.
fn failed(error: DataFusionError) -> Error {
    let error = match own(error) {
        Ok(own) => return own,
        Err(error) => error,
    };
    let is_of_query = matches!(
        error.find_root(),
        DataFusionError::SQL(..)
            | DataFusionError::Plan(_)
            | DataFusionError::SchemaError(..)
            | DataFusionError::NotImplemented(_)
            | DataFusionError::Configuration(_)
    );
    let message = LibraryMessage::new("DataFusion", error.strip_backtrace());
    Error::new(if is_of_query { ErrorKind::Query(message.into()) } else { ErrorKind::Engine(message) })
}

/// The error of this crate that the engine carries; else the error of the engine.
fn own(error: DataFusionError) -> Result<Error, DataFusionError> {
    match error {
        DataFusionError::External(inner) => {
            inner.downcast::<Error>().map(|own| *own).map_err(DataFusionError::External)
        }
        DataFusionError::Context(text, inner) => {
            own(*inner).map_err(|inner| DataFusionError::Context(text, Box::new(inner)))
        }
        DataFusionError::Diagnostic(diagnostic, inner) => {
            own(*inner).map_err(|inner| DataFusionError::Diagnostic(diagnostic, Box::new(inner)))
        }
        error => Err(error),
    }
}
