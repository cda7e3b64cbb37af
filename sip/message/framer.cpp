#include <offhook/sip/message/framer.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>
#include <offhook/sip/message/header_name.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

/// Returns the Content-Length in `block`, which is a header block with its final empty line. Reads folded lines too. Fails if
/// there is no Content-Length, or if two of them differ.
base::Result<std::size_t, ParseError> find_content_length(std::string_view block) {
  std::optional<std::size_t> found;
  while (!block.empty()) {
    auto end = std::min(block.find('\n'), block.size());
    while (end + 1 < block.size() && (block[end + 1] == ' ' || block[end + 1] == '\t'))
      end = std::min(block.find('\n', end + 1), block.size());
    const auto line = block.substr(0, end);
    block.remove_prefix(std::min(end + 1, block.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || parse_header_name(base::trim(line.substr(0, colon))) != HeaderName::ContentLength)
      continue;
    const auto length = detail::parse_content_length(base::trim(line.substr(colon + 1)));
    if (!length || (found && *found != *length)) return base::fail(ParseError::BadContentLength);
    found = *length;
  }
  if (!found) return base::fail(ParseError::BadContentLength);
  return *found;
}

}  // namespace

void Framer::receive(base::Bytes bytes) {
  if (failed_) return;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
  scanned_ -= begin_;
  frame_begin_ = frame_size_ = begin_ = 0;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

Framer::Next Framer::next() {
  if (failed_) return Next::None;
  if (message_size_ == 0) {
    if (const auto keep_alive = take_keep_alive(); keep_alive != Next::Frame) return keep_alive;
    const auto block_end = find_block_end();
    if (block_end == 0) {
      if (buffer_.size() - begin_ < kMaxMessageBytes) return Next::None;
      frame_size_ = 0;  // Without a complete header block, no response can be written.
      return fail(Error::TooLarge);
    }
    frame_begin_ = begin_;
    frame_size_ = block_end - begin_;
    const std::string_view block(reinterpret_cast<const char*>(buffer_.data()) + begin_, frame_size_);
    const auto length = find_content_length(block);
    if (!length) return fail(Error::BadContentLength);
    if (block.size() > kMaxMessageBytes || *length > kMaxMessageBytes - block.size()) return fail(Error::TooLarge);
    message_size_ = block.size() + *length;
  }
  if (buffer_.size() - begin_ < message_size_) return Next::None;
  frame_begin_ = begin_;
  frame_size_ = message_size_;
  begin_ += message_size_;
  scanned_ = begin_;
  message_size_ = 0;
  return Next::Frame;
}

void Framer::expect_pong() {
  pong_due_ = true;
  half_ping_ = false;
}

/// Consumes the line ends before a message. Returns Frame if a message begins after them.
Framer::Next Framer::take_keep_alive() {
  while (begin_ < buffer_.size()) {
    const std::uint8_t octet = buffer_[begin_];
    if (octet == '\n') {  // A bare LF is neither ping nor pong.
      scanned_ = ++begin_;
      continue;
    }
    if (octet != '\r') break;
    if (begin_ + 1 == buffer_.size()) return Next::None;
    if (buffer_[begin_ + 1] != '\n') break;
    begin_ += 2;
    scanned_ = begin_;
    const bool second = half_ping_;
    half_ping_ = !half_ping_;
    if (second) return Next::Ping;
    // The second CRLF may follow directly. If it comes later, the first one counts as a Pong, and both together also as a Ping.
    const bool more = buffer_.size() - begin_ >= 2 && buffer_[begin_] == '\r' && buffer_[begin_ + 1] == '\n';
    if (more) continue;
    if (std::exchange(pong_due_, false)) half_ping_ = false;
    return Next::Pong;
  }
  if (begin_ == buffer_.size()) return Next::None;
  half_ping_ = false;
  return Next::Frame;
}

/// Returns the offset after the empty line that ends the header block, or 0 if that line has not arrived.
std::size_t Framer::find_block_end() {
  while (scanned_ < buffer_.size()) {
    const void* found = std::memchr(buffer_.data() + scanned_, '\n', buffer_.size() - scanned_);
    if (found == nullptr) {
      scanned_ = buffer_.size();
      return 0;
    }
    const auto feed = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - buffer_.data());
    scanned_ = feed + 1;
    const auto back = [&](std::size_t count) { return feed >= begin_ + count ? buffer_[feed - count] : std::uint8_t{0}; };
    if (back(1) == '\n' || (back(1) == '\r' && back(2) == '\n')) return scanned_;
  }
  return 0;
}

Framer::Next Framer::fail(Error error) {
  failed_ = true;
  error_ = error;
  return Next::Error;
}

base::Bytes Framer::frame() const { return base::Bytes(buffer_).subspan(frame_begin_, frame_size_); }
Framer::Error Framer::error() const { return error_; }
bool Framer::mid_message() const { return !failed_ && begin_ < buffer_.size(); }

}  // namespace offhook::inline v0::sip
