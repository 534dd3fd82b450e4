//! A safetensors file whose tensors are read one by one, when they are asked for: no copy of the file is kept in memory beside the
//! networks that are made from it.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::VarBuilder;
use candle_nn::var_builder::SimpleBackend;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};

/// Largest header that is parsed. F5-TTS base has 364 tensors in 40 kB.
const MAX_HEADER_BYTES: u64 = 16 << 20;
/// Bytes of the number that says how long the header is.
const PREFIX_BYTES: u64 = 8;

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum TensorFileError {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// It is a pickle, by whatever name.
    #[error(
        "this is a pickled PyTorch file, which may run code when opened; only safetensors files are"
    )]
    Pickled,
    /// It is no safetensors file, or not a whole one.
    #[error("{0}")]
    Unsound(String),
}

/// Told which share of a file's tensors was read, 0 to 1; says whether to go on.
pub type OnRead = Arc<dyn Fn(f32) -> bool + Send + Sync>;

/// An open file with its header.
pub struct TensorFile {
    file: Mutex<File>,
    /// Where the offsets of the header count from.
    data_start: u64,
    metadata: Metadata,
    on_read: Option<OnRead>,
    /// Bytes of tensors that were read so far, some of them perhaps twice.
    read_bytes: AtomicU64,
}

impl std::fmt::Debug for TensorFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TensorFile")
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}

impl TensorFile {
    /// Opens a file and checks its header against its length.
    ///
    /// # Errors
    /// [`TensorFileError`].
    pub fn open(path: &Path) -> Result<Self, TensorFileError> {
        let mut file = File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => TensorFileError::Missing,
            _ => TensorFileError::Unreadable(error),
        })?;
        let stat = file.metadata().map_err(TensorFileError::Unreadable)?;
        if !stat.is_file() {
            return Err(TensorFileError::Missing);
        }
        let length = stat.len();
        let unsound = |reason: String| Err(TensorFileError::Unsound(reason));
        let mut prefix = [0; PREFIX_BYTES as usize];
        if file.read_exact(&mut prefix).is_err() {
            return unsound(format!("not a safetensors file: only {length} bytes"));
        }
        let header_bytes = u64::from_le_bytes(prefix);
        if header_bytes > MAX_HEADER_BYTES || header_bytes > length - PREFIX_BYTES {
            // Only now: a header of 640 bytes begins like a pickle.
            if prefix.starts_with(b"PK\x03\x04") || prefix.starts_with(&[0x80, 0x02]) {
                return Err(TensorFileError::Pickled);
            }
            return unsound(format!(
                "not a safetensors file: a header of {header_bytes} bytes in a file of {length}"
            ));
        }
        let mut header = vec![0; header_bytes as usize];
        file.read_exact(&mut header)
            .map_err(TensorFileError::Unreadable)?;
        let metadata: Metadata = serde_json::from_slice(&header)
            .map_err(|error| TensorFileError::Unsound(format!("damaged header: {error}")))?;
        let data_start = PREFIX_BYTES + header_bytes;
        let expected = data_start + metadata.data_len() as u64;
        if length != expected {
            return unsound(format!(
                "the file has {length} bytes where its header asks for {expected}"
            ));
        }
        Ok(Self {
            file: Mutex::new(file),
            data_start,
            metadata,
            on_read: None,
            read_bytes: AtomicU64::new(0),
        })
    }

    /// The same, telling `on_read` of each tensor that is read; where that says no, the next tensor is an error.
    #[must_use]
    pub fn watched(self, on_read: Option<OnRead>) -> Self {
        Self { on_read, ..self }
    }

    /// The shape of a tensor, if there is one of this name.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        Some(self.metadata.info(name)?.shape.as_slice())
    }

    /// Names of all tensors, in no particular order.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.metadata.offset_keys().into_iter()
    }

    /// What the writer of the file says about it under this name.
    pub fn remark(&self, name: &str) -> Option<&str> {
        Some(self.metadata.metadata().as_ref()?.get(name)?.as_str())
    }

    /// The tensors as `f32` on the CPU; `f16` and `bf16` are widened when they are asked for.
    pub fn into_builder(self) -> VarBuilder<'static> {
        VarBuilder::from_backend(Box::new(self), DType::F32, Device::Cpu)
    }

    fn read(&self, name: &str, info: &TensorInfo) -> candle_core::Result<Tensor> {
        let (begin, end) = info.data_offsets;
        let mut bytes = vec![0; end - begin];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(self.data_start + begin as u64))?;
            file.read_exact(&mut bytes)?;
        }
        if !is_finite(info.dtype, &bytes) {
            candle_core::bail!("{name} holds values that are no numbers");
        }
        if let Some(on_read) = &self.on_read {
            let more = bytes.len() as u64;
            let read = self.read_bytes.fetch_add(more, Ordering::Relaxed) + more;
            let all = self.metadata.data_len().max(1);
            if !on_read((read as f64 / all as f64).min(1.0) as f32) {
                candle_core::bail!("nobody wants {name} any more");
            }
        }
        let dtype = DType::try_from(info.dtype)?;
        Tensor::from_raw_buffer(&bytes, dtype, &info.shape, &Device::Cpu)
    }
}

/// Whether none of these numbers is infinite or not a number: all bits of its exponent are set then.
fn is_finite(dtype: Dtype, bytes: &[u8]) -> bool {
    let halves = |exponent: u16| {
        let (words, _) = bytes.as_chunks::<2>();
        words
            .iter()
            .all(|&word| u16::from_le_bytes(word) & exponent != exponent)
    };
    match dtype {
        Dtype::F16 => halves(0x7c00),
        Dtype::BF16 => halves(0x7f80),
        Dtype::F32 => {
            let (words, _) = bytes.as_chunks::<4>();
            words
                .iter()
                .all(|&word| f32::from_le_bytes(word).is_finite())
        }
        _ => true,
    }
}

impl SimpleBackend for TensorFile {
    fn get(
        &self,
        shape: Shape,
        name: &str,
        _: candle_nn::Init,
        dtype: DType,
        device: &Device,
    ) -> candle_core::Result<Tensor> {
        // Before anything is read: what has another shape may be huge.
        if let Some(got) = self.shape(name)
            && got != shape.dims()
        {
            return Err(candle_core::Error::UnexpectedShape {
                msg: format!("shape mismatch for {name}"),
                expected: shape,
                got: Shape::from(got),
            });
        }
        self.get_unchecked(name, dtype, device)
    }

    fn get_unchecked(
        &self,
        name: &str,
        dtype: DType,
        device: &Device,
    ) -> candle_core::Result<Tensor> {
        let info = self.metadata.info(name).ok_or_else(|| {
            let path = name.to_owned();
            candle_core::Error::CannotFindTensor { path }
        })?;
        self.read(name, info)?.to_dtype(dtype)?.to_device(device)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.metadata.info(name).is_some()
    }
}
