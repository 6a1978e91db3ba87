import importlib.util
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.kernels.constant_q import FRAME_S, LOWEST_NOTE, N_BINS, compute_constant_q, count_frames, quantise
from lakhdb.kernels.render import render_notes
from lakhdb.kernels.whitening import prepare_frames

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")


def render_one(pitch=60, velocity=100, start_s=0.5, end_s=1.5, program=0, is_drum=False, duration_s=2.0):
    return render_notes([pitch], [velocity], [start_s], [end_s], [program], [is_drum], duration_s)[0]


@pytest.mark.parametrize("program", range(0, 112, 8))
@pytest.mark.parametrize("pitch", [30, 60, 90])
def test_a_note_sounds_in_its_bin_or_at_its_harmonics_while_it_lasts(program, pitch):
    values = render_one(pitch=pitch, program=program)
    held = values[round(0.8 / FRAME_S)]
    harmonics = np.rint(pitch - LOWEST_NOTE + 12 * np.log2(np.arange(1, 13))).astype(int)
    assert held.argmax() in harmonics
    assert values[round(0.1 / FRAME_S)].max() < held.max() - 100


def test_notes_end():
    values = render_one(end_s=1.0, duration_s=6.0)
    assert values[round(5.0 / FRAME_S)].max() == 0


def test_low_notes_smear_in_time_and_high_ones_do_not():
    before = round(0.5 / FRAME_S) - 3
    assert render_one(pitch=LOWEST_NOTE)[before].max() > 100
    assert render_one(pitch=90)[before, 48:].max() == 0


def test_louder_is_louder():
    both = render_notes([48, 84], [127, 40], [0, 0], [1, 1], [16, 16], [False, False], 1.0)[0]
    assert both[10, 48 - LOWEST_NOTE] > both[10, 84 - LOWEST_NOTE] + 20


def test_sounds_add_up():
    apart = [render_notes([p], [90], [0.2], [0.8], [0], [False], 1.0) for p in (60, 60)]
    twice, reference_db = render_notes(
        [60, 60], [90, 90], [0.2, 0.2], [0.8, 0.8], [0, 0], [False, False], 1.0
    )
    assert reference_db == pytest.approx(apart[0][1] + 3.01, abs=0.01)
    assert (np.abs(twice.astype(int) - apart[0][0]) <= 1).all()


@pytest.mark.parametrize(("drum", "low_end"), [(36, True), (42, False)])
def test_drums_sound_where_they_do_whatever_their_number(drum, low_end):
    frame = render_one(pitch=drum, is_drum=True)[round(0.5 / FRAME_S) + 1].astype(int)
    assert (frame[:24].max() > frame[48:].max()) == low_end


def test_the_loudest_bin_is_the_reference_and_the_range_is_that_of_audio():
    values, reference_db = render_notes([60], [127], [0.0], [1.0], [16], [False], 1.0)
    again, same_db = quantise(np.full((1, N_BINS), reference_db, dtype=np.float32))
    assert values.max() == again.max() == 255
    assert same_db == pytest.approx(reference_db)


def test_no_notes_are_silence():
    values, _ = render_notes([], [], [], [], [], [], 1.0)
    assert values.shape == (count_frames(1.0), N_BINS)
    assert not values.any()


notes = st.lists(
    st.tuples(
        st.integers(0, 127),
        st.integers(0, 127),
        st.floats(-1e12, 1e12),
        st.floats(-1e12, 1e12),
        st.integers(0, 127),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@given(notes, st.floats(0, 20))
def test_any_notes_render(notes, duration_s):
    values, reference_db = render_notes(*zip(*notes, strict=True), duration_s)
    assert values.shape == (count_frames(duration_s), N_BINS)
    assert np.isfinite(reference_db)
    assert values.max() in (0, 255)


@given(notes, st.randoms(use_true_random=False))
def test_the_order_of_notes_does_not_matter(notes, random):
    shuffled = random.sample(notes, len(notes))
    one, other = (render_notes(*zip(*some, strict=True), 5.0)[0].astype(int) for some in (notes, shuffled))
    assert np.abs(one - other).max() <= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pitch": 128}, "0 to 127"),
        ({"velocity": -1}, "0 to 127"),
        ({"program": 200}, "0 to 127"),
        ({"start_s": np.nan}, "finite"),
        ({"end_s": np.inf}, "finite"),
        ({"duration_s": -1.0}, "duration_s"),
    ],
)
def test_refuses_what_is_no_note(change, message):
    with pytest.raises(ValueError, match=message):
        render_one(**change)


def test_refuses_columns_of_several_lengths():
    with pytest.raises(ValueError, match="one length"):
        render_notes([60, 62], [100], [0.0], [1.0], [0], [False], 1.0)


def compare(one, other):
    one, other = one.astype(float), other.astype(float)
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return ((one * other).sum(axis=1)[norms > 0] / norms[norms > 0]).mean()


@pytest.mark.skipif(
    importlib.util.find_spec("fluidsynth") is None or not SOUNDFONT.exists(),
    reason="FluidSynth or FluidR3_GM.sf2 is not installed",
)
@pytest.mark.parametrize("song", ["001", "014", "203"])
def test_resembles_what_fluidsynth_sounds_like(shared_data, song):
    import pretty_midi

    with zipfile.ZipFile(shared_data / "pop909.zip") as archive:
        midi = pretty_midi.PrettyMIDI(io.BytesIO(archive.read(f"{song}/{song}.mid")))
    midi.adjust_times([30, 50], [0, 20])
    columns = zip(
        *(
            (note.pitch, note.velocity, note.start, note.end, instrument.program, instrument.is_drum)
            for instrument in midi.instruments
            for note in instrument.notes
        ),
        strict=True,
    )
    rendered, _ = render_notes(*columns, 20.0)
    samples = midi.fluidsynth(fs=22050, synthesizer=str(SOUNDFONT))[: 20 * 22050].astype(np.float32)
    heard, _ = quantise(compute_constant_q(samples, 22050))
    n_frames = min(len(heard), len(rendered))
    heard, rendered = heard[:n_frames], rendered[:n_frames]
    # When the templates were fitted: 0.96 to 0.98; of what stands out 0.76 to 0.79; of other moments 0.4.
    assert compare(heard, rendered) > 0.94
    heard, rendered = prepare_frames(heard), prepare_frames(rendered)
    assert compare(heard, rendered) > 0.72
    assert compare(heard, np.random.default_rng(0).permutation(rendered)) < 0.5
