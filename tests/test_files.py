from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from darkcsp import files
from darkcsp.files import check_place, place_whole, remove_leftovers, write_whole

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other kinds of files")


def write(path: str | os.PathLike[str], data: bytes = b"new") -> None:
    with write_whole(path) as file:
        file.write(data)


def killed_while_writing(path: Path) -> None:
    """Let a process begin to write a file, and kill it."""
    with start_writer(path) as process:
        process.send_signal(signal.SIGKILL)


def start_writer(path: Path) -> subprocess.Popen[bytes]:
    """Start a process that writes a file and does not finish before its standard input ends."""
    script = (
        "import sys\nfrom darkcsp.files import write_whole\nwith write_whole(sys.argv[1]) as file:\n"
        "    file.write(b'half'); file.flush(); print(flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_whole(tmp_path: Path) -> None:
    with write_whole(tmp_path / "x") as file:
        file.write(b"abc")
        assert not (tmp_path / "x").exists()
    assert (tmp_path / "x").read_bytes() == b"abc"
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) & 0o600 == 0o600


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(KeyError), write_whole(tmp_path / "x") as file:
        file.write(b"new")
        raise KeyError
    assert names_in(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"old"


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    (tmp_path / "x").chmod(0o640)
    write(tmp_path / "x")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640


@posix
def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "ordinary").touch()
    write(tmp_path / "x")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "ordinary").stat().st_mode


@posix
@pytest.mark.parametrize("dangling", [False, True])
def test_a_link_is_followed_and_stays(tmp_path: Path, dangling: bool) -> None:
    target, link, chain = tmp_path / "there" / "x", tmp_path / "link", tmp_path / "chain"
    target.parent.mkdir()
    link.symlink_to(Path("there", "x"))
    chain.symlink_to(link)
    if not dangling:
        target.write_bytes(b"old")
    write(chain)
    assert chain.is_symlink() and link.is_symlink()
    assert not target.is_symlink() and target.read_bytes() == b"new"
    assert names_in(target.parent) == ["x"]


@posix
def test_a_link_to_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to("x")
    with pytest.raises(OSError, match="symbolic links"):
        write(tmp_path / "x")
    assert names_in(tmp_path) == ["x"]


@posix
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write(pipe)
    reader.join()
    assert read == [b"new"]
    assert pipe.is_fifo()


@posix
def test_a_device_is_written_to(tmp_path: Path) -> None:
    for name in ("null", "full"):  # links, so that an error here does no harm to the machine
        (tmp_path / name).symlink_to(f"/dev/{name}")
    write(tmp_path / "null")
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "full")
    assert all((tmp_path / name).is_char_device() for name in ("null", "full"))


@posix
def test_standard_output_is_written_to_and_keeps_what_it_has(tmp_path: Path) -> None:
    script = (
        "from darkcsp.files import write_whole\nprint('before')\n"
        "with write_whole('stdout') as file:\n    file.write(b'new\\n')\nprint('after')"
    )
    (tmp_path / "stdout").symlink_to("/dev/fd/1")
    for mode in ("wb", "ab"):
        with (tmp_path / "x").open(mode) as stdout:
            subprocess.run([sys.executable, "-c", script], stdout=stdout, check=True, cwd=tmp_path)
    assert (tmp_path / "x").read_text() == "before\nnew\nafter\n" * 2
    piped = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True, cwd=tmp_path)
    assert piped.stdout == b"before\nnew\nafter\n"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    for attempt in (write, check_place):
        with pytest.raises(IsADirectoryError, match="it is a folder"):
            attempt(tmp_path)
    for attempt in (write, check_place):
        with pytest.raises(FileNotFoundError):
            attempt("")


@posix
def test_what_writes_to_a_path_of_its_own_needs_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    for path in (tmp_path / "pipe", tmp_path / "null"):
        with pytest.raises(OSError, match="device or pipe"), place_whole(path):
            pass


def test_the_longest_names_can_be_written(tmp_path: Path) -> None:
    for name in ("x" * 255, "ä" * 127 + "x", f"{'x' * 250}.onnx", f".{'x' * 254}", f"{'x' * 11}.{'y' * 243}"):
        (tmp_path / name).write_bytes(b"old")
        write(tmp_path / name)
        assert (tmp_path / name).read_bytes() == b"new"
        with place_whole(tmp_path / name) as part:
            assert len(os.fsencode(part.name)) <= 255
            assert part.suffix == (".onnx" if name.endswith(".onnx") else ".part")


@pytest.mark.parametrize("name", ["x.json", "x" * 255])
def test_what_a_killed_process_left_is_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"old")
    for _ in range(2):
        killed_while_writing(tmp_path / name)
    assert len(names_in(tmp_path)) == 2
    assert (tmp_path / name).read_bytes() == b"old"
    write(tmp_path / name)
    assert names_in(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == b"new"


def test_what_others_write_now_is_left_to_them(tmp_path: Path) -> None:
    writers = [start_writer(tmp_path / "x") for _ in range(3)]
    assert len(names_in(tmp_path)) == 3
    writers[1].kill()
    writers[1].communicate()
    write(tmp_path / "x")
    remove_leftovers(tmp_path)
    assert len(names_in(tmp_path)) == 3
    for process in (writers[0], writers[2]):
        process.communicate()
        assert process.returncode == 0
        assert (tmp_path / "x").read_bytes() == b"half"
    assert names_in(tmp_path) == ["x"]


def test_leftovers_of_a_folder(tmp_path: Path) -> None:
    for name in ("a.json", ".part", ".x.part", "x.darkcsp-0.part", ".x.darkcsp-0.part2"):
        (tmp_path / name).touch()
    before = names_in(tmp_path)
    killed_while_writing(tmp_path / "b.json")
    killed_while_writing(tmp_path / "c")
    assert len(names_in(tmp_path)) == len(before) + 2
    remove_leftovers(tmp_path)
    assert names_in(tmp_path) == before
    remove_leftovers(tmp_path / "nowhere")


def test_many_threads_write_one_file(tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def repeat(letter: bytes) -> None:
        try:
            for _ in range(100):
                write(tmp_path / "x", letter * 1000)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=repeat, args=(letter,)) for letter in (b"a", b"b", b"c", b"d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert names_in(tmp_path) == ["x"]
    assert len(set((tmp_path / "x").read_bytes())) == 1


@posix
@pytest.mark.parametrize("locks", [None, "none"])
def test_a_disk_without_locks_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locks: str | None) -> None:
    if locks is None:
        monkeypatch.setattr(files, "fcntl", None)
    else:
        monkeypatch.setattr(files, "_lock", lambda handle: None)
        killed_while_writing(tmp_path / "x")
    write(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"new"
