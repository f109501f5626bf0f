DESCRIPTORS = {"float16": "<f2", "float32": "<f4", "float64": "<f8"}


def write_npy(path: str, data: bytes) -> None:
    header = f"{{'descr': '{DESCRIPTORS[DTYPE]}', 'fortran_order': False, 'shape': {SHAPE!r}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin-1") + data)


def read_npy(path: str) -> Output:
    import ast

    with open(path, "rb") as file:
        content = file.read()
    if content[:6] != b"\x93NUMPY":
        raise ValueError(f"{path} is no .npy file")
    start, length = (10, struct.unpack("<H", content[8:10])[0]) if content[6] == 1 else (12, struct.unpack("<I", content[8:12])[0])
    header = ast.literal_eval(content[start : start + length].decode("latin-1"))
    if header["fortran_order"]:
        raise ValueError(f"{path} is in Fortran's order")
    names = {descriptor: name for name, descriptor in DESCRIPTORS.items()}
    data = content[start + length :]
    if header["descr"] in names and len(data) != math.prod(header["shape"]) * int(header["descr"][-1]):
        raise ValueError(f"{path} holds {len(data)} bytes, not those of {header['descr']} of shape {header['shape']}")
    return Output(names.get(header["descr"], header["descr"]), tuple(header["shape"]), data)


def evaluate(logits: bytes, labels: bytes, output: str) -> Output:
    """Runs the command on .npy files in a new folder."""
    import re
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        values = {name: os.path.join(folder, f"{name}.npy") for name in ("logits", "labels", "output", "gradient")}
        values |= {"reduction": REDUCTION, "dtype": DTYPE, "shape": "x".join(map(str, SHAPE))}
        write_npy(values["logits"], logits)
        write_npy(values["labels"], labels)
        words = [re.sub(r"\{\{|\}\}|\{(\w+)\}", lambda match: values[match[1]] if match[1] else match[0][0], word) for word in WORDS]
        subprocess.run(words, cwd=WORKING_FOLDER, check=True)
        return read_npy(values["gradient" if output == "gradient" else "output"])
