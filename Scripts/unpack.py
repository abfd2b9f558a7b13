"""Checks a wheel's SHA-256 and unpacks the members that are asked for. Needs nothing but Python's standard library.

    unpack.py WHEEL SHA256 FOLDER RULE...

A rule is `member=path`: the member of the wheel, and where in FOLDER it goes. A member that ends in "/" takes every
file below it. `archive.zip!member=path` looks inside a zip archive that the wheel holds; an empty member is all of it.
"""

import hashlib
import io
import os
import shutil
import sys
import zipfile


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def unpack(archive, member, path):
    """Copies one member, or every file below a member that ends in "/"; returns how many files that made."""
    is_folder = member == "" or member.endswith("/")
    count = 0
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        if is_folder and entry.filename.startswith(member):
            target = os.path.join(path, entry.filename[len(member):])
        elif entry.filename == member:
            target = path
        else:
            continue
        if ".." in entry.filename.split("/") or entry.filename.startswith("/"):
            raise ValueError(f"the member {entry.filename} points outside of its archive")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(entry) as source, open(target, "wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        if entry.external_attr >> 16 & 0o111:
            os.chmod(target, 0o755)
        count += 1
    if count == 0:
        raise ValueError(f"it has no member {member}")
    return count


def main(wheel, expected, folder, *rules):
    found = sha256(wheel)
    if found != expected:
        sys.exit(f"{os.path.basename(wheel)} has SHA-256 {found}, expected {expected}")
    try:
        with zipfile.ZipFile(wheel) as archive:
            for rule in rules:
                member, path = rule.split("=")
                target = os.path.join(folder, path)
                if "!" in member:
                    inner, member = member.split("!")
                    with zipfile.ZipFile(io.BytesIO(archive.read(inner))) as nested:
                        unpack(nested, member, target)
                else:
                    unpack(archive, member, target)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        sys.exit(f"{os.path.basename(wheel)} could not be unpacked: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
