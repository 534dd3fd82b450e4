//! The benchmark that lets the window speak without a screen.

use std::cell::Cell;

use jam_flow::window::app::picture_rate;
use studio::resources::Resources;

#[test]
fn a_window_without_a_screen_speaks_and_counts_its_pictures() {
    let gpu = shaders::Gpu::headless().unwrap();
    let frames = Cell::new(0);
    let rate = picture_rate::measure(Resources::find(None), &gpu, "Good morning.", &|| {
        frames.set(frames.get() + 1);
        Ok(())
    })
    .unwrap();
    println!("{rate:?}, {:.1} a second", rate.per_second());
    assert!(rate.speaking_secs > 0.5, "{rate:?}");
    assert!(
        rate.pictures > 0 && rate.pictures < frames.get(),
        "{rate:?}"
    );
    // Motion has no more frames; one at each end may be shared with silence.
    assert!(f64::from(rate.pictures) <= 25.0 * rate.speaking_secs + 3.0);
}

#[test]
fn measuring_the_window_ends_when_the_user_asks() {
    let gpu = shaders::Gpu::headless().unwrap();
    let error = picture_rate::measure(Resources::find(None), &gpu, "Good morning.", &|| {
        Err(engine::Error::Cancelled.into())
    });
    assert!(studio::cancel::is_cancelled(&error.unwrap_err()));
}
