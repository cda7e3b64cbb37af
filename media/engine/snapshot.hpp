#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace offhook::inline v0::media {

/// A value that one thread writes now and then, and other threads read as a whole. It is a sequence lock whose words are atomics, so that it needs no
/// fence. The writer never waits; a reader repeats its read after a concurrent write.
template <class T>
class Snapshot {
  static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>);

 public:
  Snapshot() { write(T{}); }

  /// One thread only.
  void write(const T& value) noexcept {
    Words words{};
    std::memcpy(words.data(), &value, sizeof(T));
    const auto sequence = sequence_.load(std::memory_order_relaxed);
    sequence_.store(sequence + 1, std::memory_order_relaxed);
    // Each release orders the odd number before the stored word: a reader that acquires a new word also sees the odd number.
    for (std::size_t i = 0; i < kWords; ++i) words_[i].store(words[i], std::memory_order_release);
    sequence_.store(sequence + 2, std::memory_order_release);
  }

  /// Any thread.
  [[nodiscard]] T read() const noexcept {
    for (;;) {
      const auto before = sequence_.load(std::memory_order_acquire);
      Words words{};
      for (std::size_t i = 0; i < kWords; ++i) words[i] = words_[i].load(std::memory_order_acquire);
      if (before % 2 != 0 || sequence_.load(std::memory_order_relaxed) != before) continue;
      T value;
      std::memcpy(static_cast<void*>(&value), words.data(), sizeof(T));  // T is trivially copyable, asserted above.
      return value;
    }
  }

 private:
  static constexpr std::size_t kWords = (sizeof(T) + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
  using Words = std::array<std::uint64_t, kWords>;

  std::atomic<std::uint32_t> sequence_{0};
  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

}  // namespace offhook::inline v0::media
