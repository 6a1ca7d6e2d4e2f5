//! The targets for libFuzzer, which looks at what inputs reach: `make fuzz-guided`.

#![no_main]

use std::sync::OnceLock;

#[path = "../src/lib.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(
    init: {
        // A panic that is caught on purpose is no finding; one that is not ends the run all the same.
        drop(std::panic::take_hook());
    },
    |bytes: &[u8]| {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        let named = targets::TARGETS.iter().find(|(known, _)| *known == name);
        named.unwrap_or_else(|| panic!("FUZZ_TARGET names no target: {name}")).1
    });
    target(bytes);
    }
);
