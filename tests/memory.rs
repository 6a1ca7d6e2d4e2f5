//! Rows go through in bounded memory, however many: `make long` sends ten million, ROWS any number.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufWriter, Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

/// What `corridor locate` may take at most.
const MAX_MIB: u64 = 200;

/// The most memory that a process has had at once (proc(5), `VmHWM`).
fn peak_mib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}

/// Numbered sites all over the plan and beyond it, made as they are read.
fn send(rows: u64, sink: impl Write) -> std::io::Result<()> {
    let mut sink = BufWriter::with_capacity(1 << 16, sink);
    writeln!(sink, "n,lon,lat")?;
    for n in 0..rows {
        // Steps that have no divisor in common with their modulus: no two places in a row are near.
        let (x, y) = (n * 7_919 % 33_000, n * 104_729 % 17_500);
        writeln!(sink, "{n},121.{},28.{}", 19_000 + x, 54_000 + y)?;
    }
    sink.flush()
}

/// Counts lines, and looks whether their numbers are in order; tells the peak of the process as it goes.
fn receive(mut source: impl Read, process: u32) -> (u64, u64) {
    let (mut rows, mut peak, mut bytes) = (0, 0, 0);
    let mut buffer = vec![0; 1 << 16];
    // Of the line at hand: its number, while that is read. The header has none.
    let mut number = None;
    loop {
        let count = source.read(&mut buffer).unwrap();
        for &byte in &buffer[..count] {
            match (byte, number) {
                (b'\n', _) => number = Some(0),
                (b'0'..=b'9', Some(value)) => number = Some(10 * value + u64::from(byte - b'0')),
                (b',', Some(value)) => {
                    assert_eq!(value, rows, "out of order");
                    rows += 1;
                    number = None;
                }
                _ => {}
            }
        }
        bytes += count;
        if bytes > 1 << 20 || count == 0 {
            (peak, bytes) = (peak.max(peak_mib(process)), 0);
        }
        if count == 0 {
            return (rows, peak);
        }
    }
}

fn check(rows: u64) {
    let program = std::env::var("CORRIDOR").unwrap_or_else(|_| env!("CARGO_BIN_EXE_corridor").to_owned());
    let begin = Instant::now();
    let mut child = Command::new(program)
        .args(["-q", "locate", "-", "-f", "csv", "--columns", "position,zone,distance_to_boundary_m"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (sink, source) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let sender = thread::spawn(move || send(rows, sink));
    let (received, peak_mib) = receive(source, child.id());
    sender.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success());
    println!("{rows} rows in {:.1} s, at most {peak_mib} MiB", begin.elapsed().as_secs_f64());
    assert_eq!(received, rows);
    assert!(peak_mib > 0 && peak_mib <= MAX_MIB, "{peak_mib} MiB");
}

#[test]
fn three_hundred_thousand_rows_go_through_in_bounded_memory() {
    check(300_000);
}

#[test]
#[ignore = "runs for minutes: make long"]
fn any_number_of_rows_goes_through_in_bounded_memory() {
    check(std::env::var("ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000_000));
}
