//! The index of a plain MP4 (ISO/IEC 14496-1, -12, -14 and -15; Opus in ISOBMFF 0.8.1): which bytes are which picture and sound.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek, SeekFrom, Write};

use super::chapter::{Chapter, chapter_box};
use super::sound::{SoundCodec, SoundTrack};
use super::{AUDIO_TICKS_PER_SECOND, FrameRate, VIDEO_TICKS_PER_SECOND};

/// Ticks in a second of the film as a whole.
const FILM_TICKS_PER_SECOND: u32 = 48_000;
/// Number of the sound track.
const SOUND_TRACK: u32 = 2;
/// Bytes of the header of a box of data, with its length in 64 bits.
const DATA_HEADER_BYTES: u64 = 16;

/// One picture or packet in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub offset: u64,
    pub bytes: u32,
    /// Whether decoding can begin here.
    pub is_key: bool,
}

/// Everything that the index says.
#[derive(Debug, Default)]
pub(super) struct FilmIndex {
    pub rate: FrameRate,
    pub video: Vec<Sample>,
    pub audio: Vec<Sample>,
    pub sps: Vec<u8>,
    pub pps: Vec<u8>,
    /// Length of the sound that is heard.
    pub sound_ticks: u64,
    /// How it is coded.
    pub sound: SoundTrack,
    /// Its parts, for players that offer them.
    pub chapters: Vec<Chapter>,
}

/// What a file of this kind calls itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Film,
    Sound,
}

impl FileKind {
    /// The `ftyp` that every file begins with.
    fn front(self) -> Vec<u8> {
        let brands: &[u8] = match self {
            Self::Film => b"isom\0\0\x02\0isomiso6avc1mp41",
            Self::Sound => b"M4A \0\0\x02\0M4A mp42isom",
        };
        make_box(b"ftyp", |out| out.extend(brands))
    }
}

impl FilmIndex {
    /// Where the placeholder stands that becomes the header of the data: after the `ftyp`.
    pub const PLACEHOLDER_AT: u64 = 32;

    /// `ftyp` and a placeholder of 16 bytes, an empty box for now.
    pub fn front() -> Vec<u8> {
        let mut out = FileKind::Film.front();
        debug_assert_eq!(out.len() as u64, Self::PLACEHOLDER_AT);
        out.extend(make_box(b"free", |out| out.extend([0; 8])));
        out
    }

    /// Makes a plain film of the fragments in the first `length` bytes of `file`: the index goes behind them, and all that
    /// stands between the placeholder and the index becomes data of one box. Until the last write, of 16 bytes, the
    /// fragments can be read as before.
    pub fn seal(
        &self,
        file: &mut File,
        length: u64,
        size_px: (u32, u32),
        comment: &str,
    ) -> io::Result<()> {
        let moov = self.moov(size_px, comment);
        file.seek(SeekFrom::Start(length))?;
        file.write_all(&moov)?;
        file.seek(SeekFrom::Start(Self::PLACEHOLDER_AT))?;
        file.write_all(&Self::data_header(length - Self::PLACEHOLDER_AT))
    }

    /// Writes the whole file with its index in front, so that it can be played while it is still being loaded, and pictures beside
    /// their sound. The samples are copied out of `source`.
    pub fn write_plain(
        &self,
        source: &mut File,
        out: &mut File,
        kind: FileKind,
        size_px: (u32, u32),
        comment: &str,
    ) -> io::Result<()> {
        let front = kind.front();
        let (mut moved, pieces) = self.in_order();
        // The index is as long with any offsets of the same width; the first try tells how long.
        let index_bytes = moved.moov(size_px, comment).len() as u64;
        moved.shift(front.len() as u64 + index_bytes + DATA_HEADER_BYTES);
        let mut index = moved.moov(size_px, comment);
        if index.len() as u64 != index_bytes {
            moved.shift(index.len() as u64 - index_bytes);
            index = moved.moov(size_px, comment);
        }
        let data_bytes: u64 = pieces.iter().map(|(_, bytes)| bytes).sum();
        let mut out = BufWriter::new(out);
        out.write_all(&front)?;
        out.write_all(&index)?;
        out.write_all(&Self::data_header(data_bytes + DATA_HEADER_BYTES))?;
        for (offset, bytes) in pieces {
            source.seek(SeekFrom::Start(offset))?;
            let copied = io::copy(&mut (&*source).take(bytes), &mut out)?;
            if copied != bytes {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        out.flush()
    }

    /// The index with its samples second by second, as if the data began at 0, and the pieces of the present file in that order:
    /// where each begins and its bytes.
    fn in_order(&self) -> (Self, Vec<(u64, u64)>) {
        let mut moved = Self {
            rate: self.rate,
            video: Vec::with_capacity(self.video.len()),
            audio: Vec::with_capacity(self.audio.len()),
            sps: self.sps.clone(),
            pps: self.pps.clone(),
            sound_ticks: self.sound_ticks,
            sound: self.sound.clone(),
            chapters: self.chapters.clone(),
        };
        let mut pieces: Vec<(u64, u64)> = Vec::new();
        let mut at = 0;
        let mut take = |sample: &Sample| {
            match pieces.last_mut() {
                Some((offset, bytes)) if *offset + *bytes == sample.offset => {
                    *bytes += u64::from(sample.bytes);
                }
                _ => pieces.push((sample.offset, sample.bytes.into())),
            }
            let offset = at;
            at += u64::from(sample.bytes);
            Sample { offset, ..*sample }
        };
        let frames = self.rate.per_second() as usize;
        let packet_ticks = u64::from(self.sound.packet_ticks.max(1));
        let mut second = 0;
        while moved.video.len() < self.video.len() || moved.audio.len() < self.audio.len() {
            second += 1;
            let end = (second * frames).min(self.video.len());
            moved
                .video
                .extend(self.video[moved.video.len()..end].iter().map(&mut take));
            let heard = second as u64 * u64::from(AUDIO_TICKS_PER_SECOND);
            let end = (heard.div_ceil(packet_ticks) as usize).min(self.audio.len());
            moved
                .audio
                .extend(self.audio[moved.audio.len()..end].iter().map(&mut take));
        }
        (moved, pieces)
    }

    fn shift(&mut self, bytes: u64) {
        for sample in self.video.iter_mut().chain(&mut self.audio) {
            sample.offset += bytes;
        }
    }

    /// The header that takes the placeholder's place: a box of data with its length in 64 bits.
    fn data_header(bytes: u64) -> [u8; DATA_HEADER_BYTES as usize] {
        let mut header = [0; DATA_HEADER_BYTES as usize];
        header[..4].copy_from_slice(&1_u32.to_be_bytes());
        header[4..8].copy_from_slice(b"mdat");
        header[8..].copy_from_slice(&bytes.to_be_bytes());
        header
    }

    /// The whole index. A film without sound has one track, and so has a sound without pictures.
    fn moov(&self, size_px: (u32, u32), comment: &str) -> Vec<u8> {
        let video_ticks =
            self.video.len() as u64 * u64::from(FILM_TICKS_PER_SECOND / self.rate.per_second());
        let sound_ticks = self.sound_ticks;
        make_box(b"moov", |out| {
            out.extend(make_box(b"mvhd", |out| {
                // Version 1 has times of 64 bits.
                out.extend(0x0100_0000_u32.to_be_bytes());
                out.extend([0; 16]);
                out.extend(FILM_TICKS_PER_SECOND.to_be_bytes());
                out.extend(video_ticks.max(sound_ticks).to_be_bytes());
                out.extend(0x0001_0000_u32.to_be_bytes());
                out.extend(0x0100_u16.to_be_bytes());
                out.extend([0; 10]);
                out.extend(unity_matrix());
                out.extend([0; 24]);
                out.extend(3_u32.to_be_bytes());
            }));
            if !self.video.is_empty() {
                out.extend(self.video_track(size_px, video_ticks));
            }
            if !self.audio.is_empty() {
                out.extend(self.audio_track());
            }
            out.extend(user_data(comment, &self.chapters));
        })
    }

    fn video_track(&self, (width_px, height_px): (u32, u32), film_ticks: u64) -> Vec<u8> {
        make_box(b"trak", |out| {
            out.extend(track_header(1, film_ticks, 0, (width_px, height_px)));
            out.extend(edit_list(film_ticks, 0));
            let frame_ticks = VIDEO_TICKS_PER_SECOND / self.rate.per_second();
            let duration = self.video.len() as u64 * u64::from(frame_ticks);
            out.extend(media(
                (b"vide", "Video"),
                VIDEO_TICKS_PER_SECOND,
                duration,
                &make_box(b"vmhd", |out| {
                    out.extend(1_u32.to_be_bytes());
                    out.extend([0; 8]);
                }),
                &sample_table(
                    &self.video_entry(width_px, height_px),
                    &self.video,
                    frame_ticks,
                    &[],
                ),
            ));
        })
    }

    fn audio_track(&self) -> Vec<u8> {
        make_box(b"trak", |out| {
            out.extend(track_header(SOUND_TRACK, self.sound_ticks, 0x0100, (0, 0)));
            out.extend(edit_list(self.sound_ticks, self.sound.skip_ticks));
            let duration = self.audio.len() as u64 * u64::from(self.sound.packet_ticks);
            out.extend(media(
                (b"soun", "Sound"),
                AUDIO_TICKS_PER_SECOND,
                duration,
                &make_box(b"smhd", |out| out.extend([0; 8])),
                &sample_table(
                    &self.audio_entry(),
                    &self.audio,
                    self.sound.packet_ticks,
                    &self.audio_groups(),
                ),
            ));
        })
    }

    /// `avc1` with the parameters of the stream.
    fn video_entry(&self, width_px: u32, height_px: u32) -> Vec<u8> {
        make_box(b"avc1", |out| {
            out.extend([0; 6]);
            out.extend(1_u16.to_be_bytes());
            out.extend([0; 16]);
            out.extend((width_px as u16).to_be_bytes());
            out.extend((height_px as u16).to_be_bytes());
            // 72 dots an inch, one frame a sample, no compressor's name, 24 bits of depth.
            out.extend(0x0048_0000_u32.to_be_bytes());
            out.extend(0x0048_0000_u32.to_be_bytes());
            out.extend([0; 4]);
            out.extend(1_u16.to_be_bytes());
            out.extend([0; 32]);
            out.extend(24_u16.to_be_bytes());
            out.extend(u16::MAX.to_be_bytes());
            out.extend(make_box(b"avcC", |out| {
                out.extend([1, self.sps[1], self.sps[2], self.sps[3]]);
                // Lengths of four bytes, one set of each parameters.
                out.extend([0xff, 0xe1]);
                out.extend((self.sps.len() as u16).to_be_bytes());
                out.extend(&self.sps);
                out.push(1);
                out.extend((self.pps.len() as u16).to_be_bytes());
                out.extend(&self.pps);
            }));
            // BT.709 at limited range, as in the stream itself.
            out.extend(make_box(b"colr", |out| {
                out.extend(b"nclx");
                for code in [1_u16, 1, 1] {
                    out.extend(code.to_be_bytes());
                }
                out.push(0);
            }));
        })
    }

    /// `mp4a` or `Opus`, one channel.
    fn audio_entry(&self) -> Vec<u8> {
        let (kind, setup) = match self.sound.codec {
            SoundCodec::Aac => (b"mp4a", self.aac_setup()),
            SoundCodec::Opus => (b"Opus", self.opus_setup()),
        };
        make_box(kind, |out| {
            out.extend([0; 6]);
            out.extend(1_u16.to_be_bytes());
            out.extend([0; 8]);
            out.extend(1_u16.to_be_bytes());
            out.extend(16_u16.to_be_bytes());
            out.extend([0; 4]);
            out.extend((AUDIO_TICKS_PER_SECOND << 16).to_be_bytes());
            out.extend(setup);
        })
    }

    fn opus_setup(&self) -> Vec<u8> {
        make_box(b"dOps", |out| {
            out.extend([0, 1]);
            out.extend((self.sound.skip_ticks as u16).to_be_bytes());
            out.extend(engine::audio::SAMPLE_RATE_HZ.to_be_bytes());
            out.extend([0, 0, 0]);
        })
    }

    /// `esds`: an ES_Descriptor with its DecoderConfigDescriptor, DecoderSpecificInfo and SLConfigDescriptor (ISO/IEC 14496-1, 7.2.6).
    fn aac_setup(&self) -> Vec<u8> {
        let bits_per_second = self.sound.bits_per_second.to_be_bytes();
        let most_bytes = self.audio.iter().map(|packet| packet.bytes).max();
        let mut decoder = vec![
            // MPEG-4 audio, an audio stream.
            0x40, 0x15,
        ];
        decoder.extend(&most_bytes.unwrap_or(0).to_be_bytes()[1..]);
        decoder.extend(bits_per_second);
        decoder.extend(bits_per_second);
        decoder.extend(descriptor(5, &self.sound.setup));
        let mut stream = (SOUND_TRACK as u16).to_be_bytes().to_vec();
        stream.push(0);
        stream.extend(descriptor(4, &decoder));
        // Predefined: as in MP4 files.
        stream.extend(descriptor(6, &[2]));
        make_box(b"esds", |out| {
            out.extend([0; 4]);
            out.extend(descriptor(3, &stream));
        })
    }

    /// Says of AAC that a player who jumps into it decodes the packet before, too ("roll", 14496-12, 10.1).
    fn audio_groups(&self) -> Vec<u8> {
        if self.sound.codec != SoundCodec::Aac {
            return Vec::new();
        }
        let mut out = make_box(b"sgpd", |out| {
            out.extend(0x0100_0000_u32.to_be_bytes());
            out.extend(b"roll");
            out.extend(2_u32.to_be_bytes());
            out.extend(1_u32.to_be_bytes());
            out.extend((-1_i16).to_be_bytes());
        });
        out.extend(make_box(b"sbgp", |out| {
            out.extend([0; 4]);
            out.extend(b"roll");
            out.extend(1_u32.to_be_bytes());
            out.extend((self.audio.len() as u32).to_be_bytes());
            out.extend(1_u32.to_be_bytes());
        }));
        out
    }
}

/// A descriptor of ISO/IEC 14496-1: its tag, its length in four bytes of seven bits, contents.
fn descriptor(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len() as u32;
    let mut out = vec![tag];
    out.extend([21, 14, 7].map(|shift| 0x80 | (length >> shift & 0x7f) as u8));
    out.push((length & 0x7f) as u8);
    out.extend(contents);
    out
}

/// A box: length, kind, contents.
pub(super) fn make_box(kind: &[u8; 4], fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![0; 4];
    out.extend(kind);
    fill(&mut out);
    let length = u32::try_from(out.len()).expect("an index is far below 4 GiB");
    out[..4].copy_from_slice(&length.to_be_bytes());
    out
}

fn unity_matrix() -> Vec<u8> {
    [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000_u32]
        .into_iter()
        .flat_map(u32::to_be_bytes)
        .collect()
}

fn track_header(id: u32, film_ticks: u64, volume: u16, (width, height): (u32, u32)) -> Vec<u8> {
    make_box(b"tkhd", |out| {
        // Version 1; enabled and part of the film.
        out.extend(0x0100_0003_u32.to_be_bytes());
        out.extend([0; 16]);
        out.extend(id.to_be_bytes());
        out.extend([0; 4]);
        out.extend(film_ticks.to_be_bytes());
        out.extend([0; 12]);
        out.extend(volume.to_be_bytes());
        out.extend([0; 2]);
        out.extend(unity_matrix());
        out.extend((width << 16).to_be_bytes());
        out.extend((height << 16).to_be_bytes());
    })
}

/// Plays `film_ticks` of the track from `media_ticks` on.
fn edit_list(film_ticks: u64, media_ticks: u32) -> Vec<u8> {
    make_box(b"edts", |out| {
        out.extend(make_box(b"elst", |out| {
            out.extend(0x0100_0000_u32.to_be_bytes());
            out.extend(1_u32.to_be_bytes());
            out.extend(film_ticks.to_be_bytes());
            out.extend(u64::from(media_ticks).to_be_bytes());
            out.extend(0x0001_0000_u32.to_be_bytes());
        }));
    })
}

fn media(
    (handler, name): (&[u8; 4], &str),
    ticks_per_second: u32,
    duration: u64,
    media_header: &[u8],
    table: &[u8],
) -> Vec<u8> {
    make_box(b"mdia", |out| {
        out.extend(make_box(b"mdhd", |out| {
            out.extend(0x0100_0000_u32.to_be_bytes());
            out.extend([0; 16]);
            out.extend(ticks_per_second.to_be_bytes());
            out.extend(duration.to_be_bytes());
            // Language "und", five bits a letter.
            out.extend(0x55c4_u16.to_be_bytes());
            out.extend([0; 2]);
        }));
        out.extend(make_box(b"hdlr", |out| {
            out.extend([0; 8]);
            out.extend(handler);
            out.extend([0; 12]);
            out.extend(name.as_bytes());
            out.push(0);
        }));
        out.extend(make_box(b"minf", |out| {
            out.extend(media_header);
            out.extend(make_box(b"dinf", |out| {
                out.extend(make_box(b"dref", |out| {
                    out.extend([0; 4]);
                    out.extend(1_u32.to_be_bytes());
                    // The data stands in this very file.
                    out.extend(make_box(b"url ", |out| out.extend(1_u32.to_be_bytes())));
                }));
            }));
            out.extend(table);
        }));
    })
}

fn sample_table(entry: &[u8], samples: &[Sample], sample_ticks: u32, groups: &[u8]) -> Vec<u8> {
    let count = samples.len() as u32;
    make_box(b"stbl", |out| {
        out.extend(make_box(b"stsd", |out| {
            out.extend([0; 4]);
            out.extend(1_u32.to_be_bytes());
            out.extend(entry);
        }));
        out.extend(make_box(b"stts", |out| {
            out.extend([0; 4]);
            out.extend(1_u32.to_be_bytes());
            out.extend(count.to_be_bytes());
            out.extend(sample_ticks.to_be_bytes());
        }));
        if samples.iter().any(|sample| !sample.is_key) {
            out.extend(make_box(b"stss", |out| {
                let keys: Vec<u32> = (1..=count)
                    .zip(samples)
                    .filter(|(_, sample)| sample.is_key)
                    .map(|(number, _)| number)
                    .collect();
                out.extend([0; 4]);
                out.extend((keys.len() as u32).to_be_bytes());
                out.extend(keys.into_iter().flat_map(u32::to_be_bytes));
            }));
        }
        // Neighbours in the file form a chunk: each begins where the one before does not end.
        let mut chunks: Vec<(u64, u32)> = Vec::new();
        let mut end = None;
        for sample in samples {
            match chunks.last_mut() {
                Some(chunk) if end == Some(sample.offset) => chunk.1 += 1,
                _ => chunks.push((sample.offset, 1)),
            }
            end = Some(sample.offset + u64::from(sample.bytes));
        }
        out.extend(make_box(b"stsc", |out| {
            let mut runs: Vec<(u32, u32)> = Vec::new();
            for (number, chunk) in (1..).zip(&chunks) {
                if runs.last().is_none_or(|run| run.1 != chunk.1) {
                    runs.push((number, chunk.1));
                }
            }
            out.extend([0; 4]);
            out.extend((runs.len() as u32).to_be_bytes());
            for (first_chunk, samples_per_chunk) in runs {
                out.extend(first_chunk.to_be_bytes());
                out.extend(samples_per_chunk.to_be_bytes());
                out.extend(1_u32.to_be_bytes());
            }
        }));
        out.extend(make_box(b"stsz", |out| {
            out.extend([0; 8]);
            out.extend(count.to_be_bytes());
            out.extend(samples.iter().flat_map(|sample| sample.bytes.to_be_bytes()));
        }));
        // Old players know offsets of 32 bits alone.
        let short: Option<Vec<u32>> = chunks
            .iter()
            .map(|chunk| u32::try_from(chunk.0).ok())
            .collect();
        let kind = if short.is_some() { b"stco" } else { b"co64" };
        out.extend(make_box(kind, |out| {
            out.extend([0; 4]);
            out.extend((chunks.len() as u32).to_be_bytes());
            match short {
                Some(offsets) => out.extend(offsets.into_iter().flat_map(u32::to_be_bytes)),
                None => out.extend(chunks.iter().flat_map(|chunk| chunk.0.to_be_bytes())),
            }
        }));
        out.extend(groups);
    })
}

/// Title-style metadata as players and `ffprobe` read it: `udta/meta/ilst/©cmt`.
/// With it the chapters.
fn user_data(comment: &str, chapters: &[Chapter]) -> Vec<u8> {
    make_box(b"udta", |out| {
        out.extend(chapter_box(chapters));
        out.extend(make_box(b"meta", |out| {
            out.extend([0; 4]);
            out.extend(make_box(b"hdlr", |out| {
                out.extend([0; 8]);
                out.extend(b"mdirappl");
                out.extend([0; 9]);
            }));
            out.extend(make_box(b"ilst", |out| {
                out.extend(make_box(b"\xa9cmt", |out| {
                    out.extend(make_box(b"data", |out| {
                        // UTF-8 text, no country.
                        out.extend(1_u32.to_be_bytes());
                        out.extend([0; 4]);
                        out.extend(comment.as_bytes());
                    }));
                }));
            }));
        }));
    })
}
