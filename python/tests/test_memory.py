import numpy as np
import pytest

from conformance_losses.memory import view


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_view_of_an_array_has_its_elements_dtype_and_shape(dtype):
    owner = np.arange(24, dtype=dtype)

    seen = view(owner.ctypes.data, dtype, (2, 3, 4), False)

    assert seen.dtype == dtype and seen.shape == (2, 3, 4)
    np.testing.assert_array_equal(seen, owner.reshape(2, 3, 4))


def test_view_when_memory_changes_sees_the_change():
    owner = np.zeros(4, np.float32)
    seen = view(owner.ctypes.data, "float32", (4,), False)

    owner[2] = 7

    assert seen[2] == 7 and seen.ctypes.data == owner.ctypes.data


def test_view_that_is_writable_writes_through():
    owner = np.zeros(4, np.float32)

    view(owner.ctypes.data, "float32", (2, 2), True)[1, 0] = 7

    assert owner.tolist() == [0, 0, 7, 0]


def test_view_that_is_read_only_refuses_writes():
    owner = np.zeros(4, np.float32)
    seen = view(owner.ctypes.data, "float32", (4,), False)

    with pytest.raises(ValueError, match="read-only"):
        seen[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        seen.setflags(write=True)
    assert owner[0] == 0


def test_view_strides_are_c_contiguous():
    owner = np.zeros(24, np.float64)

    seen = view(owner.ctypes.data, "float64", (2, 3, 4), True)

    assert seen.strides == (96, 32, 8) and seen.flags.c_contiguous and not seen.flags.owndata


@pytest.mark.parametrize("writable", [True, False])
def test_view_without_elements_at_address_zero_is_empty(writable):
    seen = view(0, "float32", (0, 5, 10), writable)

    assert seen.shape == (0, 5, 10) and seen.dtype == np.float32 and seen.flags.writeable == writable


def test_view_with_elements_at_address_zero_raises():
    with pytest.raises(ValueError, match="Address 0"):
        view(0, "float32", (1,), False)


def test_view_of_a_scalar_has_one_element():
    owner = np.array([2.5], np.float64)

    seen = view(owner.ctypes.data, "float64", (), True)

    assert seen.shape == () and seen == 2.5
