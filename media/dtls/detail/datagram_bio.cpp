#include <offhook/media/dtls/detail/datagram_bio.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::media::detail {

namespace {

DatagramBio& self_of(BIO* bio) { return *static_cast<DatagramBio*>(BIO_get_data(bio)); }

int create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

}  // namespace

const BIO_METHOD* DatagramBio::method() {
  static const BIO_METHOD* const kMethod = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "offhook datagrams");
    if (made == nullptr) return made;
    BIO_meth_set_write(made, write);
    BIO_meth_set_read(made, read);
    BIO_meth_set_ctrl(made, control);
    BIO_meth_set_create(made, create);
    return made;
  }();
  return kMethod;
}

BIO* DatagramBio::make() {
  BIO* const bio = method() == nullptr ? nullptr : BIO_new(method());
  if (bio != nullptr) BIO_set_data(bio, this);
  return bio;
}

int DatagramBio::read(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const base::Bytes datagram = std::exchange(self_of(bio).given_, {});
  if (datagram.empty()) {
    BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
    return -1;
  }
  const auto octets = std::min(datagram.size(), static_cast<std::size_t>(size));
  std::copy_n(datagram.begin(), octets, data);
  return static_cast<int>(octets);
}

int DatagramBio::write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  self_of(bio).append({reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)});
  return size;
}

void DatagramBio::append(base::Bytes octets) {
  if (continues_ && written_.back().size() + octets.size() <= kMtu) {
    written_.back().insert(written_.back().end(), octets.begin(), octets.end());
    return;
  }
  continues_ = written_.size() < kMaxQueued;
  if (continues_) written_.emplace_back(octets.begin(), octets.end());
}

std::optional<std::vector<std::uint8_t>> DatagramBio::take() {
  begin_flight();
  if (written_.empty()) return std::nullopt;
  auto oldest = std::move(written_.front());
  written_.pop_front();
  return oldest;
}

long DatagramBio::control(BIO* bio, int command, long, void* data) {
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT: self_of(bio).on_timer(*static_cast<timeval*>(data)); return 1;
    default: return 0;
  }
}

void DatagramBio::on_timer(timeval& timer) {
  const bool starts = timer.tv_sec != 0 || timer.tv_usec != 0;
  change_ = starts ? Timer::Started : Timer::Stopped;
  timer_ = starts ? &timer : nullptr;
  timer = {};
}

DatagramBio::Timer DatagramBio::take_timer_change() { return std::exchange(change_, Timer::Unchanged); }

void DatagramBio::expire_timer() {
  if (timer_ != nullptr) *timer_ = {.tv_sec = 1, .tv_usec = 0};
}

}  // namespace offhook::inline v0::media::detail
