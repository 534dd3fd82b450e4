"""The joint model, embedded size: an Audio-DiT and a Motion-DiT tied by selective joint attention (arXiv 2506.23552).

Shape letters: b batch, n audio tokens (patches of two mel frames, 46.875 a second), m motion frames (25 a second),
p phones. Names of weights follow F5-TTS (commit 2ae2c9b) below `audio.` and `motion.`.

What differs from the published configuration is in `Config`: phones stretched by durations in place of filler characters,
patches, preconditioned prediction, pitch and energy as inputs, a voice embedding, and a small predictor of durations, pitch
and energy (`prosody.`).
"""

import json
import math
from dataclasses import asdict, dataclass, field

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    mel_bins: int = 100
    patch_size: int = 2
    heads: int = 4
    dim_head: int = 64
    # Audio-DiT: `joint_depth` blocks joined with the Motion-DiT, the rest alone.
    dim: int = 256
    depth: int = 8
    joint_depth: int = 4
    ff_mult: int = 2
    # Motion-DiT.
    motion_dim: int = 128
    motion_depth: int = 6
    motion_channels: int = 12
    rest_channels: int = 51
    # What the listener says of given sound, at the rate of motion frames; 0 for a Motion-DiT that has no listener.
    heard_channels: int = 0
    # Text: phones with their stress, stretched to tokens by their durations.
    text_alignment: str = "duration"
    text_num_embeds: int = 0
    text_dim: int = 192
    conv_layers: int = 4
    conv_mult: int = 2
    # Voices: one row of the embedding each; a mix of voices is the mix of rows.
    voices: list = field(default_factory=list)
    voice_dim: int = 64
    # Prosody: channels of pitch, voicing, energy; width of the predictor.
    prosody_channels: int = 3
    prosody_dim: int = 192
    prosody_layers: int = 4
    prediction: str = "preconditioned"
    # Attention across and within the streams reaches this far, in seconds; audio sees all audio.
    motion_window_secs: float = 0.32
    cross_window_secs: float = 0.28
    mel_mean: float = -1.6
    mel_std: float = 2.6
    motion_mean: list = field(default_factory=list)
    motion_std: list = field(default_factory=list)
    log_pitch_mean: float = 5.2
    log_pitch_std: float = 0.35

    @property
    def tokens_per_second(self) -> float:
        return 24_000 / 256 / self.patch_size

    @property
    def tokens_per_motion_frame(self) -> float:
        return self.tokens_per_second / 25.0

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


# ---------------------------------------------------------------------------------------------- parts that F5-TTS has
class TimeEmbedding(nn.Module):
    """(b,) in [0, 1] -> (b, dim): sines then cosines of 1000·t, 256 wide, through two linears."""

    def __init__(self, dim: int):
        super().__init__()
        self.time_mlp = nn.Sequential(nn.Linear(256, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.register_buffer("frequencies", torch.exp(torch.arange(128).float() * -(math.log(10_000) / 127)), persistent=False)

    def forward(self, t):
        angle = 1000.0 * t[:, None].float() * self.frequencies
        return self.time_mlp(torch.cat([angle.sin(), angle.cos()], -1))


class GlobalResponseNorm(nn.Module):
    """L2 norm over time against its channel mean."""

    def __init__(self, dim: int):
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, 1, dim))
        self.beta = nn.Parameter(torch.zeros(1, 1, dim))

    def forward(self, x):
        norm = x.float().norm(p=2, dim=1, keepdim=True)
        ratio = (norm / (norm.mean(-1, keepdim=True) + 1e-6)).to(x.dtype)
        return self.gamma * (x * ratio) + self.beta + x


class ConvNeXtV2Block(nn.Module):
    """(b, p, dim) -> (b, p, dim). `mask` (b, p, 1) keeps what lies behind the end at zero."""

    def __init__(self, dim: int, mult: int):
        super().__init__()
        self.dwconv = nn.Conv1d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, dim * mult)
        self.grn = GlobalResponseNorm(dim * mult)
        self.pwconv2 = nn.Linear(dim * mult, dim)

    def forward(self, x, mask):
        h = self.dwconv((x * mask).transpose(1, 2)).transpose(1, 2)
        h = F.gelu(self.pwconv1(self.norm(h))) * mask
        return (x + self.pwconv2(self.grn(h))) * mask


class ConvPositionEmbedding(nn.Module):
    """(b, n, dim) -> (b, n, dim): two grouped convolutions, 31 wide, with Mish."""

    def __init__(self, dim: int, groups: int = 16):
        super().__init__()
        self.conv1d = nn.Sequential(nn.Conv1d(dim, dim, 31, groups=groups, padding=15), nn.Mish(),
                                    nn.Conv1d(dim, dim, 31, groups=groups, padding=15), nn.Mish())

    def forward(self, x, mask):
        x = (x * mask).transpose(1, 2)
        m = mask.transpose(1, 2)
        x = self.conv1d[1](self.conv1d[0](x)) * m
        return (self.conv1d[3](self.conv1d[2](x)) * m).transpose(1, 2)


def rotary_table(positions, dim_head: int):
    """(n,) positions, in audio tokens, -> cosines and sines (n, dim_head / 2)."""
    inverse = 1.0 / (10_000 ** (torch.arange(0, dim_head, 2).float() / dim_head))
    angle = positions[:, None].float() * inverse
    return angle.cos(), angle.sin()


def rotate(x, table):
    """Turns interleaved pairs of (b, h, n, dim_head) by their position."""
    cos, sin = (t.to(x.dtype) for t in table)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], -1).flatten(-2)


class Attention(nn.Module):
    """One stream's projections; the pooling of keys and values is `joint_attention`'s."""

    def __init__(self, dim: int, heads: int, dim_head: int):
        super().__init__()
        inner = heads * dim_head
        self.heads = heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(dim, inner) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(inner, dim)])

    def project(self, x, table):
        q, k, v = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in (self.to_q, self.to_k, self.to_v))
        return rotate(q, table), rotate(k, table), v

    def finish(self, x):
        return self.to_out[0](x.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """DiT block: adaptive layer norm (shift, scale, gate of attention, then of the feed-forward), attention, tanh-GELU MLP."""

    def __init__(self, dim: int, heads: int, dim_head: int, ff_mult: int):
        super().__init__()
        self.attn_norm = nn.ModuleDict({"linear": nn.Linear(dim, dim * 6)})
        self.attn = Attention(dim, heads, dim_head)
        self.ff = nn.ModuleDict({"ff": nn.Sequential(nn.Sequential(nn.Linear(dim, dim * ff_mult)), nn.Identity(), nn.Linear(dim * ff_mult, dim))})

    def modulation(self, time):
        return self.attn_norm["linear"](F.silu(time))[:, None].chunk(6, -1)

    def before_attention(self, x, mod, table):
        return self.attn.project(F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + mod[1]) + mod[0], table)

    def after_attention(self, x, attended, mod):
        x = x + mod[2] * self.attn.finish(attended)
        h = F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + mod[4]) + mod[3]
        ff = self.ff["ff"]
        return x + mod[5] * ff[2](F.gelu(ff[0](h), approximate="tanh"))


class FinalNorm(nn.Module):
    """Scale first, then shift: the other way round than in the blocks, as in F5-TTS."""

    def __init__(self, dim: int):
        super().__init__()
        self.linear = nn.Linear(dim, dim * 2)

    def forward(self, x, time):
        scale, shift = self.linear(F.silu(time))[:, None].chunk(2, -1)
        return F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift


class Stream(nn.Module):
    """What each DiT has for itself: time, input projection, position convolution, blocks, output."""

    def __init__(self, inputs: int, outputs: int, dim: int, depth: int, c: Config):
        super().__init__()
        self.time_embed = TimeEmbedding(dim)
        self.input_embed = nn.ModuleDict({"proj": nn.Linear(inputs, dim), "conv_pos_embed": ConvPositionEmbedding(dim)})
        self.transformer_blocks = nn.ModuleList([Block(dim, c.heads, c.dim_head, c.ff_mult) for _ in range(depth)])
        self.norm_out = FinalNorm(dim)
        self.proj_out = nn.Linear(dim, outputs)

    def embed(self, parts, mask):
        x = self.input_embed["proj"](torch.cat(parts, -1))
        return self.input_embed["conv_pos_embed"](x, mask) + x


class TextEmbedding(nn.Module):
    """Phones -> (b, p, text_dim): embedding, absolute positions [cos | sin], ConvNeXtV2 blocks, at the phones' own rate."""

    def __init__(self, embeds: int, dim: int, layers: int, mult: int):
        super().__init__()
        self.text_embed = nn.Embedding(embeds, dim)
        self.text_blocks = nn.ModuleList([ConvNeXtV2Block(dim, mult) for _ in range(layers)])
        self.dim = dim

    def forward(self, phones, mask):
        inverse = 1.0 / (10_000 ** (torch.arange(0, self.dim, 2).float() / self.dim))
        angle = torch.arange(phones.shape[1])[:, None].float() * inverse
        table = torch.cat([angle.cos(), angle.sin()], -1).to(phones.device)
        x = (self.text_embed(phones) + table) * mask
        for block in self.text_blocks:
            x = block(x, mask)
        return x


# ------------------------------------------------------------------------------------------------ parts that are ours
class Prosody(nn.Module):
    """Phones and voice -> how long each phone lasts, then pitch, voicing and energy of each token."""

    def __init__(self, c: Config):
        super().__init__()
        dim = c.prosody_dim
        self.text = TextEmbedding(c.text_num_embeds, dim, c.prosody_layers, c.conv_mult)
        self.voice = nn.Linear(c.voice_dim, dim)
        self.duration = nn.Sequential(nn.Linear(dim, dim), nn.SiLU(), nn.Linear(dim, 1))
        self.progress = nn.Linear(2, dim)
        self.token_blocks = nn.ModuleList([ConvNeXtV2Block(dim, c.conv_mult) for _ in range(c.prosody_layers)])
        self.contour = nn.Linear(dim, c.prosody_channels)

    def phones(self, phones, phone_mask, voice):
        """-> (b, p, dim) and (b, p): natural logarithm of the duration in frames of 25 ms at speed 1."""
        x = self.text(phones, phone_mask) + self.voice(voice)[:, None]
        return x, self.duration(x)[..., 0]

    def tokens(self, x, index, progress, mask):
        """-> (b, n, 3): normalised log pitch, voicing logit, energy."""
        h = torch.gather(x, 1, index[..., None].expand(-1, -1, x.shape[-1])) + self.progress(progress)
        for block in self.token_blocks:
            h = block(h, mask)
        return self.contour(h)


def attention(q, k, v, mask):
    """Plain attention: on the CPU in bfloat16 three times as fast, forth and back, as PyTorch's fused one with a mask."""
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    return torch.softmax(scores + mask.to(scores.dtype), -1).to(v.dtype) @ v


def joint_attention(own, other, mask):
    """Self-first pool: own queries over [own keys; other keys]. Only own rows are asked for, which the paper cuts to anyway."""
    q, k, v = own
    return attention(q, torch.cat([k, other[1]], 2), torch.cat([v, other[2]], 2), mask)


class JamFlow(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        mel = c.mel_bins * c.patch_size
        self.voice_embed = nn.Embedding(max(len(c.voices), 1), c.voice_dim)
        self.audio = Stream(2 * mel + c.text_dim + 2 + c.prosody_channels + c.voice_dim, mel, c.dim, c.depth, c)
        self.audio.text_embed = TextEmbedding(c.text_num_embeds, c.text_dim, c.conv_layers, c.conv_mult)
        self.motion = Stream(2 * c.motion_channels + c.rest_channels + c.heard_channels, c.motion_channels, c.motion_dim, c.motion_depth, c)
        self.prosody = Prosody(c)
        for stream in (self.audio, self.motion):
            for block in stream.transformer_blocks:
                nn.init.zeros_(block.attn_norm["linear"].weight), nn.init.zeros_(block.attn_norm["linear"].bias)
            for layer in (stream.norm_out.linear, stream.proj_out):
                nn.init.zeros_(layer.weight), nn.init.zeros_(layer.bias)
        for embedding in (self.audio.text_embed.text_embed, self.prosody.text.text_embed, self.voice_embed):
            nn.init.normal_(embedding.weight, std=0.3)

    def masks(self, audio_mask, motion_mask):
        """Added to the scores, 0 where a query may look: audio (b, 1, n, n + m), motion (b, 1, m, m + n), then each alone."""
        c, device = self.c, audio_mask.device
        at = (torch.arange(audio_mask.shape[1], device=device) + 0.5) / c.tokens_per_second
        mt = torch.arange(motion_mask.shape[1], device=device) / 25.0
        near = (at[:, None] - mt[None]).abs() <= c.cross_window_secs
        own = (mt[:, None] - mt[None]).abs() <= c.motion_window_secs + 1e-6
        akeys, mkeys = audio_mask[:, None, None, :, 0] > 0, motion_mask[:, None, None, :, 0] > 0
        n = len(at)
        alone = akeys.expand(-1, 1, n, -1)
        audio = torch.cat([alone, near & mkeys], -1)
        motion = torch.cat([own & mkeys, near.T & akeys], -1)
        # A padded query would see nothing; let it see itself, its output is not used.
        motion = motion | F.pad(torch.eye(len(mt), dtype=torch.bool, device=device), (0, n))
        alone_motion = (own & mkeys) | torch.eye(len(mt), dtype=torch.bool, device=device)
        return tuple(torch.zeros_like(x, dtype=torch.float32).masked_fill(~x, -1e4) for x in (audio, motion, alone, alone_motion))

    def text(self, phones, phone_mask, index):
        """(b, n, text_dim): each token takes the features of the phone it lies in."""
        x = self.audio.text_embed(phones, phone_mask)
        return torch.gather(x, 1, index[..., None].expand(-1, -1, x.shape[-1]))

    def forward(self, mel_t, mel_cond, t_audio, text, progress, prosody, voice, motion_t, motion_cond, rest, t_motion, audio_mask, motion_mask,
                heard=None, wants_audio=True):
        """The network's raw output F for both streams: (b, n, 200), or None unless `wants_audio`, and (b, m, 12).

        mel_t, mel_cond (b, n, 200): noisy mel and given mel, normalised, zero where not given. text (b, n, text_dim),
        progress (b, n, 2), prosody (b, n, 3), voice (b, voice_dim): all zero where dropped. motion_t, motion_cond (b, m, 12),
        rest (b, m, 51), heard (b, m, heard_channels) or None where nothing is heard. t_audio, t_motion (b,): 1 for a stream that is given
        whole. Masks (b, n, 1) and (b, m, 1).
        """
        c = self.c
        n, m = mel_t.shape[1], motion_t.shape[1]
        x = self.audio.embed([mel_t, mel_cond, text, progress, prosody, voice[:, None].expand(-1, n, -1)], audio_mask)
        if heard is None:
            heard = motion_t.new_zeros(*motion_t.shape[:2], c.heard_channels)
        y = self.motion.embed([motion_t, motion_cond, rest, heard], motion_mask)
        ta, tm = self.audio.time_embed(t_audio), self.motion.time_embed(t_motion)
        ra = rotary_table(torch.arange(n, device=x.device), c.dim_head)
        rm = rotary_table(torch.arange(m, device=x.device) * c.tokens_per_motion_frame, c.dim_head)
        joint_a, joint_m, alone_a, alone_m = self.masks(audio_mask, motion_mask)
        for i in range(c.joint_depth):
            a, b = self.audio.transformer_blocks[i], self.motion.transformer_blocks[i]
            mod_a, mod_b = a.modulation(ta), b.modulation(tm)
            qa, qb = a.before_attention(x, mod_a, ra), b.before_attention(y, mod_b, rm)
            # Without an output of its own, audio need not tell motion what it makes of it: gradients stay in the motion stream.
            seen = qb if wants_audio else tuple(part.detach() for part in qb)
            x = a.after_attention(x, joint_attention(qa, seen, joint_a), mod_a)
            y = b.after_attention(y, joint_attention(qb, qa, joint_m), mod_b)
        for i in range(c.joint_depth, c.depth if wants_audio else c.joint_depth):
            a = self.audio.transformer_blocks[i]
            mod = a.modulation(ta)
            q, k, v = a.before_attention(x, mod, ra)
            x = a.after_attention(x, attention(q, k, v, alone_a), mod)
        for i in range(c.joint_depth, c.motion_depth):
            b = self.motion.transformer_blocks[i]
            mod = b.modulation(tm)
            q, k, v = b.before_attention(y, mod, rm)
            y = b.after_attention(y, attention(q, k, v, alone_m), mod)
        audio = self.audio.proj_out(self.audio.norm_out(x, ta)) if wants_audio else None
        return audio, self.motion.proj_out(self.motion.norm_out(y, tm))


def clean_estimate(x_t, raw, t):
    """x̂₁ of the preconditioned form: c_skip·x_t + c_out·F with t (b,) on the straight path x_t = t·x₁ + (1−t)·noise."""
    t = t[:, None, None]
    power = t**2 + (1 - t) ** 2
    return t / power * x_t + (1 - t) / power.sqrt() * raw


def raw_target(x1, noise, t):
    """What F must be so that `clean_estimate` gives x₁."""
    t = t[:, None, None]
    return ((1 - t) * x1 - t * noise) / (t**2 + (1 - t) ** 2).sqrt()
