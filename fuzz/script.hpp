#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook::fuzz {

/// Interprets any bytes as a list of steps. After the end, next() returns 0 and text() returns "".
class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool over() const { return at_ >= size_; }
  std::uint8_t next() { return over() ? 0 : data_[at_++]; }
  std::string_view text(std::size_t length) {
    const std::string_view rest(reinterpret_cast<const char*>(data_) + at_, size_ - at_);
    const auto taken = rest.substr(0, length);
    at_ += taken.size();
    return taken;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_, at_ = 0;
};

}  // namespace offhook::fuzz
