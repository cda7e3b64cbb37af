#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::base {

using Bytes = std::span<const std::uint8_t>;

/// Reads big-endian numbers from borrowed bytes. A read past the end returns 0 and makes ok() false permanently, so that a parser
/// can read a whole fixed part and check once.
class ByteReader {
 public:
  explicit constexpr ByteReader(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] constexpr bool ok() const { return ok_; }
  [[nodiscard]] constexpr std::size_t remaining() const { return rest_.size(); }
  [[nodiscard]] constexpr Bytes rest() const { return rest_; }

  constexpr std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  constexpr std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  constexpr std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  constexpr std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  constexpr std::uint64_t u64() { return number(8); }
  constexpr Bytes take(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  constexpr std::uint64_t number(std::size_t count) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(count)) value = value << 8 | byte;
    return value;
  }

  Bytes rest_;  // Borrows from the caller.
  bool ok_ = true;
};

/// Writes big-endian numbers into a caller's buffer. Drops a write past the end; ok() is then false permanently.
class ByteWriter {
 public:
  explicit constexpr ByteWriter(std::span<std::uint8_t> out) : out_(out) {}

  [[nodiscard]] constexpr bool ok() const { return ok_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }

  constexpr void u8(std::uint8_t value) { number(value, 1); }
  constexpr void u16(std::uint16_t value) { number(value, 2); }
  constexpr void u24(std::uint32_t value) { number(value, 3); }
  constexpr void u32(std::uint32_t value) { number(value, 4); }
  constexpr void u64(std::uint64_t value) { number(value, 8); }
  constexpr void bytes(Bytes data) {
    if (data.size() > out_.size() - size_) {
      ok_ = false;
      return;
    }
    std::copy(data.begin(), data.end(), out_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += data.size();
  }

 private:
  constexpr void number(std::uint64_t value, std::size_t count) {
    if (count > out_.size() - size_) {
      ok_ = false;
      return;
    }
    for (std::size_t i = count; i-- > 0;) out_[size_++] = static_cast<std::uint8_t>(value >> (8 * i));
  }

  std::span<std::uint8_t> out_;  // Borrows from the caller.
  std::size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace offhook::inline v0::base
