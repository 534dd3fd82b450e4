//! Colours, as the command line says them.

/// Reads a colour such as `#00ff00`: red, green, blue.
pub fn colour(argument: &str) -> Option<[u8; 3]> {
    let digits = argument.trim().strip_prefix('#')?;
    let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    let [_, red, green, blue] = code.to_be_bytes();
    Some([red, green, blue])
}
