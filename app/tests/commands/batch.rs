//! Lists and folders that become many files, in one process or in several at a time.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::program::{assert_success, error_line, json_lines, names, program, run, text};

#[test]
fn a_batch_goes_on_after_a_failure_and_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    let films = folder.path().join("films");
    std::fs::write(
        &list,
        "text,portrait,voice,output\n\
         Hello.,,,a.wav\n\
         Hello.,,nobody,b.wav\n\
         Hello.,no/such.png,,c.mp4\n\
         \"Well, bye.\",,,sub/d.wav\n",
    )
    .unwrap();
    let batch = ["batch", text(&list), "--output", text(&films), "--json"];
    let result = run(&batch);
    assert!(error_line(&result).contains("2 of 4 items failed"));
    let lines = json_lines(&result);
    let (report, items) = (&lines[5], &lines[1..5]);
    assert_eq!(lines[0]["items"], 4);
    assert_eq!((&report["made"], &report["failed"]), (&2.into(), &2.into()));
    assert!(items[1]["error"].as_str().unwrap().contains("nobody"));
    assert!(items[2]["error"].as_str().unwrap().contains("no/such.png"));
    assert!(items[3]["duration_secs"].as_f64().unwrap() > 0.2);
    assert_eq!(names(&films), ["a.wav", "sub"]);
    let made = std::fs::read(films.join("a.wav")).unwrap();

    // Mended and started again, only what is missing is made.
    std::fs::write(&list, "text,output\nHello.,a.wav\nHello.,b.wav\n").unwrap();
    std::fs::write(films.join("a.wav"), "made before").unwrap();
    let result = run(&batch);
    assert_success(&result);
    let lines = json_lines(&result);
    assert_eq!(lines[1]["state"], "already_there");
    assert_eq!(lines[3]["already_there"], 1);
    assert_eq!(std::fs::read(films.join("a.wav")).unwrap(), b"made before");
    assert_eq!(std::fs::read(films.join("b.wav")).unwrap(), made);
    let result = program().args(batch).arg("--overwrite").output().unwrap();
    assert_success(&result);
    assert_eq!(std::fs::read(films.join("a.wav")).unwrap(), made);
}

/// Every file of a folder with what is in it.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let content = |name: String| {
        let content = std::fs::read(folder.join(&name)).unwrap();
        (name, content)
    };
    names(folder).into_iter().map(content).collect()
}

/// A shard that has begun.
fn started(list: &Path, films: &Path, shard: &str) -> Child {
    let mut command = program();
    command.args(["batch", text(list), "--output", text(films), "--json"]);
    command.args(["--shard", shard]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn shards_side_by_side_make_what_one_batch_makes() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    let rows: String = (1..=5).map(|n| format!("Number {n}.,{n}.wav\n")).collect();
    std::fs::write(&list, format!("text,output\n{rows}")).unwrap();
    let (alone, shared) = (folder.path().join("alone"), folder.path().join("shared"));
    let start = |films: &Path, shard: &str| started(&list, films, shard);
    let whole = start(&alone, "1/1").wait_with_output().unwrap();
    assert_success(&whole);
    // What a killed batch leaves behind: a claim without a lock and half a file.
    std::fs::create_dir(&shared).unwrap();
    for name in [".1.wav.claim", ".1.wav.99-0.part"] {
        std::fs::write(shared.join(name), "half").unwrap();
    }
    // The second shard is made twice at the same time.
    let running = ["1/2", "2/2", "2/2"].map(|shard| start(&shared, shard));
    let mut made = 0;
    for (shard, batch) in running.into_iter().enumerate() {
        let result = batch.wait_with_output().unwrap();
        assert_success(&result);
        let lines = json_lines(&result);
        assert_eq!(lines[0]["items"], [3, 2, 2][shard]);
        made += lines.last().unwrap()["made"].as_u64().unwrap();
    }
    assert_eq!(made, 5);
    assert_eq!(contents(&shared), contents(&alone));
}

/// A shard that is killed in the middle of an item, and started again while another one works, makes what one batch makes.
#[cfg(unix)]
#[test]
fn a_killed_shard_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    let rows: String = (1..=6)
        .map(|n| {
            format!(
                "\"{}\",{n}.wav\n",
                format!("This is line number {n}. ").repeat(8)
            )
        })
        .collect();
    std::fs::write(&list, format!("text,output\n{rows}")).unwrap();
    let (alone, shared) = (folder.path().join("alone"), folder.path().join("shared"));
    assert_success(&started(&list, &alone, "1/1").wait_with_output().unwrap());
    let mut killed = started(&list, &shared, "1/2");
    let mut lines = BufReader::new(killed.stdout.take().unwrap()).lines();
    // It begins, and makes its first item; then it is in the middle of the second.
    assert!(lines.next().unwrap().unwrap().contains("begin"));
    assert!(lines.next().unwrap().unwrap().contains("made"));
    let begin = Instant::now();
    while !names(&shared).iter().any(|name| name.ends_with(".part")) {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "no file is begun"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    killed.kill().unwrap();
    assert!(!killed.wait().unwrap().success());
    assert!(
        !shared.join("5.wav").exists(),
        "it was too fast to be killed"
    );
    let running = ["1/2", "2/2"].map(|shard| started(&list, &shared, shard));
    let made = running.map(|batch| {
        let result = batch.wait_with_output().unwrap();
        assert_success(&result);
        json_lines(&result).last().unwrap()["made"]
            .as_u64()
            .unwrap()
    });
    assert!(made[0] < 3 && made[1] == 3, "{made:?}");
    assert_eq!(contents(&shared), contents(&alone));
}

#[test]
fn a_folder_of_texts_and_recordings_becomes_sound_and_films() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = folder.path().join("in");
    let films = folder.path().join("out");
    std::fs::create_dir(&inputs).unwrap();
    std::fs::write(inputs.join("one.txt"), "Yes.").unwrap();
    engine::audio::wav::write_wav(&inputs.join("two.wav"), &vec![0.1; 12_000]).unwrap();
    let result = run(&["batch", text(&inputs), "--output", text(&films)]);
    assert_success(&result);
    assert_eq!(names(&films), ["one.mp4", "two.mp4"]);
    for name in ["one.mp4", "two.mp4"] {
        let (film, _) = re_mp4::Mp4::read_file(films.join(name)).unwrap();
        assert_eq!(film.tracks().len(), 2);
    }
}

#[test]
fn a_batch_of_nothing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let films = folder.path().join("films");
    let refused = |input: &Path| {
        let line = error_line(&run(&["batch", text(input), "--output", text(&films)]));
        assert!(!films.exists());
        line
    };
    assert!(refused(folder.path()).contains("nothing to do"));
    assert!(refused(Path::new("no/such.csv")).contains("no/such.csv"));
    let list = folder.path().join("list.csv");
    for (content, expected) in [
        ("words,output\nHello.,a.mp4\n", "\"words\""),
        ("text,output\n", "nothing to do"),
        ("text\nHello.\n", "no column \"output\""),
    ] {
        std::fs::write(&list, content).unwrap();
        assert!(refused(&list).contains(expected));
    }
    std::fs::write(&list, b"text,output\n\0\x01\x02,a.mp4\n").unwrap();
    assert!(refused(&list).contains("is not text"));
}
