#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev on machines that lack packages: what it asks apt-get, sudo and meson for, told by programs of the test's own in their places."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import part  # noqa: E402
from runner import run_tests  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROXIES = {"http_proxy": "http://proxy.example:3128", "https_proxy": "http://proxy.example:3129", "NO_PROXY": "localhost,.example"}

# Each writes down its name, what it was called with and the proxies it was told, then does what the test says under its name (ACT_…).
FAKE = """#!/usr/bin/python3 -IS
import json, os, sys
proxies = {key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")}
with open(os.environ["FAKE_LOG"], "a") as log:
    log.write(json.dumps([os.path.basename(sys.argv[0]), sys.argv[1:], proxies]) + "\\n")
act = os.environ.get("ACT_" + os.path.basename(sys.argv[0]).replace("-", "_"))
if act is not None:
    os.execvp("bash", ["bash", "-c", act, *sys.argv])
"""
BUILD = """
for dir do case $dir in build*) ;; *) continue ;; esac
  mkdir -p "$dir/src/app" "$dir/src/cli"
  touch "$dir/build.ninja"
  cp "$FAKE_PROGRAM" "$dir/src/app/heddle"
  cp "$FAKE_PROGRAM" "$dir/src/cli/heddle-cli"
done"""
PLAIN_SUDO = """
[ "$1" = -n ] && shift
keep=() # what sudo leaves of the environment: not the proxies
for name in PATH FAKE_LOG FAKE_STATE FAKE_PROGRAM ${!ACT_*}; do keep+=("$name=${!name}"); done
exec env -i "${keep[@]}" "$@" """
LOCKED = """
case " $* " in
  *" {command} "*)
    echo >>"$FAKE_STATE/tries"
    if [ "$(wc -l <"$FAKE_STATE/tries")" -le {times} ]; then
      echo 'E: Could not get lock {path}. It is held by process 1 (apt-get)' >&2
      exit 100
    fi ;;
esac"""


class Dev(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="heddle dev ")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        self.clone = self.scratch / "a clone"
        self.fakes = self.scratch / "bin"
        self.log = self.scratch / "log"
        for folder in (self.clone / "data", self.fakes):
            folder.mkdir(parents=True)
        shutil.copy(ROOT / "dev", self.clone / "dev")
        for name in ("apt-get", "dpkg-query", "sudo", "id", "sleep", "meson", "ninja", "clang"):
            self.fake(name)
        self.acts = {"id": "echo 1000", "sudo": PLAIN_SUDO, "meson": BUILD, "dpkg-query": "exit 1"}

    def fake(self, name):
        path = self.fakes / name
        path.write_text(FAKE)
        path.chmod(0o755)

    def dev(self, *arguments, environment=None, status=0):
        self.log.write_text("")
        acts = {"ACT_" + name.replace("-", "_"): text for name, text in self.acts.items()}
        clean = {key: value for key, value in os.environ.items()
                 if not key.lower().endswith("_proxy") and key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = subprocess.run(
            ["bash", self.clone / "dev", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
            env=clean | acts | {"PATH": f"{self.fakes}:{os.environ['PATH']}", "FAKE_LOG": str(self.log), "FAKE_STATE": str(self.scratch),
                                "FAKE_PROGRAM": str(self.fakes / "sleep")} | (environment or {}))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def calls(self, name):
        """What a program was called with, once for each time."""
        return [(arguments, proxies) for called, arguments, proxies in map(json.loads, self.log.read_text().splitlines()) if called == name]

    def apt(self, command):
        return [call for call in self.calls("apt-get") if command in call[0]]

    def installed(self):
        return {package for arguments, _ in self.apt("install") for package in arguments[arguments.index("install") + 1:]}

    def test_root_learns_of_the_proxies(self):
        self.dev("build", environment=PROXIES)
        self.assertEqual(len(self.calls("sudo")), 2)
        for command in ("update", "install"):
            [(_, proxies)] = self.apt(command)
            self.assertEqual(proxies, PROXIES)

    def test_root_needs_no_sudo(self):
        self.acts["id"] = "echo 0"
        self.dev("build", environment=PROXIES)
        self.assertEqual(self.calls("sudo"), [])
        self.assertEqual([proxies for _, proxies in self.calls("apt-get")], [PROXIES, PROXIES])

    def test_a_broken_package_source_is_a_warning(self):
        self.acts["apt-get"] = "case \" $* \" in *' update '*) echo 'E: The repository is not signed.' >&2; exit 100 ;; esac"
        done = self.dev("build")
        self.assertIn("The repository is not signed", done.stderr)
        self.assertIn("apt-get update failed", done.stderr)
        self.assertIn("meson", self.installed())
        self.assertTrue(self.calls("ninja"))

    def test_what_cannot_be_installed_is_an_error(self):
        self.acts["apt-get"] = "case \" $* \" in *' install '*) echo 'E: Unable to locate package' >&2; exit 100 ;; esac"
        done = self.dev("build", status=1)
        self.assertIn("Unable to locate package", done.stderr)
        self.assertIn("could not be installed", done.stderr)
        self.assertEqual(len(self.apt("install")), 1)
        self.assertEqual(self.calls("ninja"), [])

    def test_locks_are_waited_for(self):
        for command, path in (("update", "/var/lib/apt/lists/lock"), ("install", "/var/lib/dpkg/lock-frontend")):
            with self.subTest(command):
                (self.scratch / "tries").unlink(missing_ok=True)
                self.acts["apt-get"] = LOCKED.format(command=command, path=path, times=3)
                done = self.dev("build")
                self.assertEqual(len(self.apt(command)), 4)
                self.assertEqual(len(self.calls("sleep")), 3)
                self.assertEqual(done.stdout.count("waiting until it is done"), 1)
                for arguments, _ in self.calls("apt-get"):
                    self.assertTrue(any(argument.startswith("DPkg::Lock::Timeout=") for argument in arguments), arguments)

    def test_a_lock_that_stays_is_an_error_at_last(self):
        self.acts["id"] = "echo 0"
        self.acts["apt-get"] = LOCKED.format(command="install", path="/var/lib/dpkg/lock", times=1000)
        done = self.dev("build", status=1)
        self.assertIn("It is held by process 1", done.stderr)
        self.assertGreater(len(self.calls("sleep")), 10)

    def fuzz(self):
        target = self.clone / "tests/fuzz"
        (target / "corpus/ring").mkdir(parents=True, exist_ok=True)
        (target / "fuzz.py").write_text("")
        self.acts["ninja"] = """mkdir -p build-fuzz/tests/fuzz; cp "$FAKE_PROGRAM" build-fuzz/tests/fuzz/fuzz-ring"""
        self.dev("fuzz", "1")

    def test_the_runtime_of_the_clang_there_is(self):
        self.acts["clang"] = "case $1 in -dumpversion) echo 19.1.7 ;; *) exit 1 ;; esac"
        self.fuzz()
        self.assertIn("clang", self.installed())
        self.assertEqual({name for name in self.installed() if name.startswith("libclang")}, {"libclang-rt-19-dev"})

    def test_a_clang_that_links_needs_no_runtime(self):
        self.fuzz()
        self.assertIn("clang", self.installed())
        self.assertEqual({name for name in self.installed() if name.startswith("libclang")}, set())

    def test_nothing_is_asked_for_where_nothing_is_missing(self):
        self.acts["dpkg-query"] = "for package do case $package in -*) ;; *) echo \"installed $package\" ;; esac; done"
        self.dev("build")
        self.assertEqual(self.calls("apt-get"), [])

    def test_each_start_is_a_program_of_its_own(self):
        display = str(self.scratch / "wayland")
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(display)
        ids = set()
        for _ in range(2):
            self.dev("run", "--workers", "2", environment={"WAYLAND_DISPLAY": display})
            [(arguments, _)] = self.calls("heddle")
            self.assertEqual(arguments[-2:], ["--workers", "2"])
            [name] = [argument for argument in arguments if argument.startswith("--gapplication-app-id=org.heddle.Heddle.Devel.")]
            ids.add(name)
        self.assertEqual(len(ids), 2)

    def test_the_profile_is_that_of_development(self):
        self.dev("run")
        [(arguments, _)] = self.calls("meson")
        self.assertEqual(arguments, ["setup", "build", "-Dprofile=development"])
        self.assertEqual([arguments for arguments, _ in self.calls("heddle-cli")], [["run", "checksum-files", "--set", "folder=/usr/share"]])
        self.assertEqual(self.calls("heddle"), [])

    def test_a_build_of_before_gets_the_options_of_now(self):
        (self.clone / "build").mkdir()
        (self.clone / "build/build.ninja").touch()
        os.utime(self.clone / "build/build.ninja", (2**32, 2**32))  # younger than the packages
        self.dev("build")
        self.assertEqual([arguments for arguments, _ in self.calls("meson")], [["setup", "--reconfigure", "build", "-Dprofile=development"]])
        os.utime(self.clone / "build/build.ninja", (2**32, 2**32))
        self.dev("build")
        self.assertEqual(self.calls("meson"), [])

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_the_summary_counts_what_a_wrapper_executed(self):
        for build, wrapper in (("plain", []), ("wrapped", ["--wrapper", f"{sys.executable} '{ROOT / 'tests/part.py'}' repeats 1 3"])):
            project = self.scratch / build
            project.mkdir()
            (project / "meson.build").write_text("project('p')\ntest('good', find_program('true'))\ntest('bad', find_program('false'))\n")
            subprocess.run(["meson", "setup", "b"], cwd=project, check=True, capture_output=True)
            subprocess.run(["meson", "test", "-C", "b", *wrapper], cwd=project, check=False, capture_output=True)
        done = subprocess.run([sys.executable, ROOT / "tests/summary.py", "plain/b", "wrapped/b", "none"],
                              cwd=self.scratch, check=False, capture_output=True, text=True)
        self.assertEqual(done.stdout.splitlines()[-4:], [
            "Failed: plain/b: bad (fail)", "Failed: wrapped/b: bad (fail)", "Failed: none: no test ran", "2 passed, 3 failed"])

    def test_six_commits_have_had_everything(self):
        subprocess.run(["git", "init", "--quiet"], cwd=self.clone, check=True)
        functions = (ROOT / "dev").read_text().partition("\ncommand=")[0].partition("cd ")[2].partition("\n")[2]
        turns = []
        for _ in range(6):
            subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "--allow-empty", "-m", "m"], cwd=self.clone, check=True)
            done = subprocess.run(["bash", "-c", f'{functions}\nchoose_turn; echo "${{kinds[*]}}" "$part"'], cwd=self.clone, check=True, capture_output=True, text=True)
            turns.append(done.stdout.strip())
        self.assertEqual(sorted(turns), [f"{kind} {part} 3" for kind in ("address", "thread") for part in (1, 2, 3)])

    def test_a_part_is_of_what_takes_long(self):
        side = str(ROOT / "tests/side-by-side.py")
        for kind, command, due in (
                ("repeats", ["build/tests/faults/test-any-order"], True),
                ("repeats", ["python3", "tests/side-by-side.py", "--at-once", "8", "build/tests/faults/test-worker-dies"], True),
                ("repeats", ["python3", "tests/batch/test_parallel.py"], True),
                ("repeats", ["build/tests/engine/test-run"], False),
                ("repeats", ["python3", "tests/cli/test_results.py"], False),
                ("whole-programs", ["python3", "tests/cli/test_results.py"], True),
                ("whole-programs", ["build/tests/workloads/test-sharing"], True),
                ("whole-programs", ["build/tests/engine/test-run"], False)):
            with self.subTest(kind=kind, command=command):
                full = [str(ROOT / word) if "/" in word else word for word in command]
                chosen = part.choose(kind, 2, 3, full)
                self.assertEqual(chosen != full, due)
                if due:
                    self.assertEqual(chosen[chosen.index("--part"):][1:3], ["2", "3"])
                    self.assertIn(full[-1], chosen)
                    self.assertTrue(side in chosen or chosen[0] == full[0])

    def test_shellcheck_has_nothing_to_say(self):
        done = subprocess.run(["shellcheck", ROOT / "dev"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


run_tests()
