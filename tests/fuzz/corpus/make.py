#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds from which the fuzz targets begin. Inputs that were found later lie beside them and are left alone."""
import pathlib
import struct

HERE = pathlib.Path(__file__).resolve().parent


def put(target, name, data):
    folder = HERE / target
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.input").write_bytes(data)


put("cpu-stat", "version-2", b"usage_usec 5\nnr_periods 40\nnr_throttled 12\nthrottled_usec 99\n")
put("cpu-stat", "version-1", b"nr_periods 7\nnr_throttled 0\nthrottled_time 0\n")
put("cpu-stat", "more-throttled-than-periods", b"nr_periods 4\nnr_throttled 5\n")
put("cpu-stat", "too-large", b"nr_periods 99999999999999999999\nnr_throttled 1\n")
put("policy", "all", b'\0\0'+b'3\n\1'+b'1.5\n\2'+b'soon,fail=10%\n\3'+b'100\n\4'+b'19\n\5'+b'spread\n')
put("policy", "halt-now", b'\0\2now,fail=3\n\2never\n\2now,fail=101%\n')
put("policy", "edges", b'\1\0'+b'200\n\0'+b'201\n\1'+b'1e6\n\1'+b'-0\n\1'+b'nan\n\1'+b'0x1p3\n\3'+b'1000000000\n\3'+b'-1\n\5'+b'0-1,0\n\5'+b'0,,1\n\5'+b'99999999999\n')
put("policy", "no-utf8", b'\0\0\xff\n\1\xc3\n\2\xe2\x82\n\3\x80\n\4\xfe\n\5\xff\n')
for i in range(0, 41, 5):
    put("parameters", f"numbers-{i:02}", bytes([i])+b''.join(b'='+bytes([65+k])+v+b'\n' for k in range(4) for v in (b'5',b'0.1',b'on',b'a b',b'1e300',b'/tmp')))
put("parameters", "names", bytes([8])+b'folder=/usr/share\nfolder=~/x\nfolder=~\nfolder=\n=\n=x\nx\nn=\xff\n')
put("parameters", "no-utf8", b'\x22\xff=1\n=A\xff\n=B\xc3\n\x80\n')


def event(at, time, kind, aux, task):
    return bytes([2, at]) + time + bytes([kind, aux, task])



put("ring", "events", b'\3\x05'+event(0,b'\5',1,0,0)+event(1,b'\6',2,1,7)+event(2,b'\7',4,1,8)+event(3,b'\x08',3,1,8)+b'\0\4'+b'\x08\5\5\5\5\5\7')
put("ring", "train", b'\3\x05'+b''.join(event(i,b'\5',4,1,i) for i in range(8))+b'\0\x08'+b'\6\x10\7\x08')
put("ring", "text", b'\3\x8f'+event(0,b'\x20',7,0,1)+b'\4\xd0\0\x20'+b'hello, world and so on for a bit!'+b'\0\3\5\5\7')
put("ring", "text-round-the-end", b'\0\6'+event(0,b'\x30',8,0,1)+b'\0\4'+b'\5\7\x08')
put("ring", "text-too-long", b'\0\6'+event(0,b'\x86',8,0,1)+b'\0\4'+b'\5\7\x08\5')
put("ring", "head-ahead", b'\0\6'+b'\1\x8f'+b'\x08\5\6\x09')
put("ring", "output-without-stamp", b'\1\6'+event(0,b'\3',9,0,1)+b'\0\4'+b'\5\7')


def text(length, repeat, kind, data):
    return struct.pack("<H", length) + bytes([repeat, kind]) + b"\1\0" + data



put("ring-text", "short", b'\0\0'+text(5,0,0,b'hello')+text(5,0,1,b'again')+text(5,0,2,b'line.'))
put("ring-text", "long", b'\5\x8f'+text(100,63,0,b'x'*99+b'\n'))
put("ring-text", "characters", b'\0\0'+text(9,40,2,'a€😀b'.encode()))
put("ring-text", "characters-in-one-slot", b'\1\x83'+text(12,60,0,'😀😀😀'.encode()))
put("ring-text", "no-utf8", b'\2\x91'+text(6,63,1,b'\x80\xbf\x80\x80\x80\x80'))
put("switch-ring", "switches", b'\2'+b'\0\0\0'*3+b'\0\1\x20'+b'\0\1\x60'+b'\4'+b'\5'*5)
put("switch-ring", "threads", b'\3'+b'\0\2\0'+b'\1\3\0'+b'\2\x08\0\x18'+bytes(range(24))+b'\4\5\5')
put("switch-ring", "losses", b'\2'+b'\0\0\0'+b'\0\4\0'+b'\2\x28\0\x28'+bytes(range(40))+b'\4\5\5\6')
put("switch-ring", "round-the-end", b'\1'+b'\0\5\0'+b'\4\5'+(b'\0\2\0'+b'\4\5')*4+(b'\0\4\0'+b'\4\5')*4)
put("switch-ring", "other-types", b'\4'+b'\0\6\3\0'+b'\0\6\0\0'+b'\4\5\5')
put("switch-ring", "head-ahead", b'\0'+b'\0\0\0'+b'\3\x8f'+b'\4\5\6')
put("segment", "puts", b'\0'+b'\0\0\0\5\1\3'+b'\2\5\6\0'+b'\0\0\x20\5'+b'\6\0\6\0\2\5\x08')
put("segment", "long-input", b'\1'+b'\0\0\x08'+b'x'*64+b'\5\1'+b'\2\5'+b'\6\1'*40+b'\x08')
put("segment", "tail", b'\0\0\0\0\5\1\3'+b'\3\x0f\x86'+b'\0\0\x08\x09')
put("segment", "tail-between-units", b'\0'+b'\0\x21\0'+b'x'*33+b'\5\1'+b'\3\x0f\3'+b'\0'+b'\3\x0f\x43'+b'\0'+b'\x08')
put("segment", "header", b'\2'+b'\3\2\x86\7\3\3\x8f\7\3\4\x8f\7\3\6\x8b\7\3\5\x86\7\x09\7')
put("segment", "ended", b'\0\0\0\0\5\1\3\3\x10\x8f\x08\3\x10\2\x08')
put("segment", "error", b'\0\3\x15'+b'\xff\xc3'*512+b'\x08')
put("segment", "tell", b'\2\2\0\2\1\2\2\5\2\3\2\4\2\5\3\x0e\x90\2\4\x08')


def claim(worker, kind, aux, task, time=b"\x05"):
    return bytes([11 + 16 * worker, kind, aux, task]) + time


# give to both; START with attempt 1, NEXT done, END done; then look
put("worker", "honest", b'\0'+b'\1\5\x11\5'+claim(0,1,0,0)+claim(0,2,1,0)+claim(0,4,2,1)+claim(0,3,2,130)+b'\x09\0'+claim(1,2,1,0)+b'\x19\0')
put("worker", "train", b'\0\1\x0f'+claim(0,2,1,0)+b''.join(claim(0,4,2,i) for i in range(1,8))+b'\x09\0'+b'\4\4')
put("worker", "texts", b'\1\1\5'+claim(0,2,1,0)+b'\6\0\x20\0'+b'result \xff\xc3 and so on, with spaces'[:32]+b'\6\1\x10\0'+b'why it failed \xff!'+b'\6\2\x18\0'+b'12345678a line \xe2\x82.......'[:32]+b'\x05'+claim(0,3,3,130)+b'\x09\0\5\4')
put("worker", "dies-in-hand", b'\2\1\5'+claim(0,2,1,0)+b'\x09\0\4\5\1\5'+claim(0,2,2,0)+b'\x09\0\4\5')
put("worker", "anything", b'\0\1\5\3\x40\0\x10'+b'\x20\0\0\0\0\0\0\0'*2+b'\3\xc0\0\xff'+bytes(range(255))+b'\x09\0')
for i, words in enumerate((b"lock=off workers=4", b"n=5 backend=processes queue=1", b"retries=2 timeout=0.5 halt=soon,fail=1", b"text='a b' workers='4'", b"'x=\\' #", b"affinity=0 recycle=1 prefetch=2", b"")):
    put("preset", f"words-{i}", bytes([i])+words)
for i, lines in enumerate((b"\0squares\n--set\nn=5\n-w\n4\n", b"\0checksum-files\n--set=folder=/tmp\n--backend=processes\n--recycle=3\n--affinity=0\n",
                           b"\0--help\n", b"\0squares\n-q\n0\n", b"\0sqares\n", b"\0--\nsquares\n--x\n", b"\7--format\njson\n", b"\0squares\n--halt\nnow,fail=1%\n--trace\n/x\xff\n--format\njsonl\n")):
    put("command-line", f"arguments-{i}", lines)
put("texts", "plain", b'\7result\nerror\nlabel\n'+b'\1\1\1\5\6\7\2'+b'title\n\3\0'+b'\5\6\1\0\2span\n\1\4'+b'\5\6\1\0\1mark\n')
put("texts", "no-utf8", b'\7\xff\xc3\n\x80"\\\t\x01\x7f\n\xe2\x82\n'+b'\1\1\1\5\6\7\2'+b'\xc0\x80\n\4\0'+b'\5\6\1\0\2\xed\xa0\x80\n\1\4'+b'\5\6\1\0\1\xf4\x90\x80\x80\n'+b'\5\6\1\0\1\xc3\n')
put("texts", "edges", b'\x1f\xe2\x80\xa8\n\xf0\x9f\x98\x80\n</script>\n'+b'\x8f\1\1\x8d\x8c\x8d\x8f'+b't\n\2\x8d'+b'\x8c\x8d\x8f\3\x0c\xef\xbf\xbf\n\1\x8d'+b'\x8d\x8c\x8f\3\x0d"\n')


def word(thing, nth, number):
    return bytes([0, thing, nth]) + number


put("arena", "deadlock", word(0, 0, b"\2") + word(1, 0, b"\1") + b"\3\0\5\2\3\1\5\1" + b"\5\5\4")
put("arena", "capacities", word(7, 7, b"\x8b") + word(7, 2, b"\x8b") + word(7, 3, b"\x8a") + b"\4" + word(9, 0, b"\x8b") + word(9, 1, b"\x8b") + word(10, 0, b"\x8b")
    + word(10, 1, b"\x8b") + b"\4")
put("arena", "head-of-the-arena", word(200, 2, b"\x8f") + word(200, 4, b"\x8f") + word(200, 6, b"\x8b") + b"\4\5\6\1\7")
put("arena", "objects", b"\2\x20\0\0\xff" + b"\xff" * 255 + b"\4\5\6\2\7")
put("arena", "deaths", word(0, 0, b"\1") + word(3, 0, b"\x8b") + word(5, 0, b"\x8b") + word(6, 4, b"\1") + b"\6\0\6\1\6\2\4\5")
put("manager", "list", b''.join([b'\0\5\0', b'\0\7\0', b'\2\0\0', b'\1\0\0', b'\1\0\0', b'\1\0\0', b'\2\0\0']))
put("manager", "dict", b''.join([b'\3\5\0', b'\4\0\0', b'\5\7\0', b'\4\0\0', b'\x15\x8f\0', b'\x12\0\0', b'\x17\x01\0']))
put("manager", "no-request", b'\x1f\x8f\0\0' + b'\0\5\x1f\x07' + b'\xc6\0' + b'x' * 32 + b'\0')
for i, lines in enumerate([
        [b'--workload', b'squares', b'--set', b'n=20', b'--backend', b'processes', b'--workers', b'4', b'--queue', b'8', b'--start'],
        [b'--workload=checksum-files', b'-s', b'folder=../x', b'--new-window'],
        [b'-w', b'checksum-files', b'-s', b'folder=', b'-s', b'folder=~'],
        [b'--set', b'n=1'], [b'--workers', b'0'], [b'--queue', b'99999999999999999999'], [b'--workload', b'nothing'], [b'left over'], [b'--version']]):
    put("launch", f"arguments-{i}", b'\n'.join(lines))
for i, pairs in enumerate([
        [(0, b'1'), (1, b'10'), (2, b'yes'), (3, b'0-1'), (4, b'8'), (6, b'squares'), (7, b'n=5'), (7, b'n=6')],
        [(0, b'1'), (5, b'4711')], [(0, b'0'), (6, b'squares')], [(0, b'4294967296'), (1, b'-1')], [(0, b'1'), (4, b'0')], [(0, b'1'), (1, b'21')],
        [(200, b'--protocol'), (200, b'1'), (200, b'--from-the-future'), (200, b'yes')], [(0, b'1'), (6, b'')]]):
    put("worker-arguments", f"arguments-{i}", b''.join(bytes([name]) + value + b'\n' for name, value in pairs))
JOBLOG_HEAD = b'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n'
JOB = b'%d\t:\t1700000000.123\t     0.001\t0\t0\t%d\t%d\t%s\n'
put("joblog", "jobs", JOBLOG_HEAD+JOB % (1,0,0,b'true')+JOB % (3,7,0,b'a\tb\0\xff')+JOB % (1,-1,15,b'')+JOB % (4000000000,0,0,b'x'))
put("joblog", "cut", JOBLOG_HEAD+JOB % (1,0,0,b'true')+b'2\t:\t17')
put("joblog", "cut-head", b'Seq\tHo')
put("joblog", "other-lines", JOBLOG_HEAD+b'\n0\t:\t1\t2\t3\t4\t5\t6\tx\n1\t:\t1\t2\t3\t4\t99999\t6\tx\n1\t:\t1\t2\t3\t4\t-\t6\tx\n')
put("joblog", "no-joblog", b'hello\n')
JOURNAL_HEAD = b'1\theddle-journal\t1\t1700000000000000\tid\tname\t/tmp\techo {}\t-k\t::: a\\x09b\n'
JOURNAL = JOURNAL_HEAD+b'2\tstart\t1\t1\t1\t1\t0123456789abcdef\n3\tend\t2\t1\t1\tdone\t0\t0\t5\t4096\t7\t\n4\tend\t3\t2\t0\tskipped\t-\t0\t0\t0\t0\twhy\\xff\n5\tclose\t4\t0\t1\t0\t0\t0\t0\t1\n'
put("journal", "all", b'\1'+JOURNAL)
put("journal", "later-version", b'\1'+JOURNAL_HEAD.replace(b'\t1\t', b'\t2\t', 1))
put("journal", "missing-line", b'\1'+JOURNAL_HEAD+b'3\tclose\t4\t0\t1\t0\t0\t0\t0\t1\n')
put("journal", "no-lines", b'\1'+JOURNAL_HEAD+b'2\tend\t1\t0\t1\tdone\t0\t0\t0\t0\t0\t\n2\tend\t1\t1\t1\tnever\t0\t0\t0\t0\t0\t\n2\tstart\t1\t1\t1\t1\tABCDEF0123456789\n')
put("journal", "no-checksums", b'\0'+JOURNAL)
