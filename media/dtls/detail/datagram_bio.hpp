#pragma once

#include <offhook/base/bytes.hpp>

#include <openssl/bio.h>

#include <sys/time.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace offhook::inline v0::media::detail {

/// The datagrams between OpenSSL and the owner of a handshake, and the timer of OpenSSL's retransmission. The BIO reads whole datagrams, unlike a BIO of
/// memory, which joins them. It joins what OpenSSL writes of one flight in datagrams of at most kMtu octets: OpenSSL writes each message of a repeated flight
/// alone, and five datagrams are lost more often than one.
///
/// OpenSSL keeps the time of its next retransmission as a timeval, and reads the wall clock to compare it. It gives the BIO a pointer to this timeval when it
/// starts or stops its timer. This class clears the timeval at once, so that OpenSSL never repeats a flight by itself, and sets it to the past when the owner
/// wants a repetition. OpenSSL 3.0 and 3.1 work in this way. Later versions pass a pointer to a copy: the owner finds that out by a timer that still runs,
/// and calls leave_timer().
class DatagramBio {
 public:
  /// The most datagrams that wait for the owner. Further ones are lost, as in a network.
  static constexpr std::size_t kMaxQueued = 64;
  static constexpr std::size_t kMtu = 1200;

  DatagramBio() = default;
  DatagramBio(const DatagramBio&) = delete;
  DatagramBio& operator=(const DatagramBio&) = delete;

  /// Makes a BIO on this object, which must outlive it. Returns null if there is no memory.
  [[nodiscard]] BIO* make();

  /// Sets the datagram that OpenSSL reads next. It borrows the octets until the next call of give(), and OpenSSL reads them at most once.
  void give(base::Bytes datagram) { given_ = datagram; }
  /// What OpenSSL writes from now on begins a new datagram.
  void begin_flight() { continues_ = false; }
  /// Returns the oldest datagram that OpenSSL has written, and removes it.
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> take();
  [[nodiscard]] std::size_t queued() const { return written_.size(); }

  enum class Timer : std::uint8_t { Unchanged, Started, Stopped };
  /// Returns what OpenSSL did last with its timer since the previous call of this function.
  [[nodiscard]] Timer take_timer_change();
  /// Makes OpenSSL repeat its flight in the next call of DTLSv1_handle_timeout().
  void expire_timer();
  /// Forgets the timer, which OpenSSL keeps elsewhere, or frees.
  void leave_timer() { timer_ = nullptr; }

 private:
  static int read(BIO* bio, char* data, int size);
  static int write(BIO* bio, const char* data, int size);
  static long control(BIO* bio, int command, long number, void* data);
  static const BIO_METHOD* method();
  void append(base::Bytes octets);
  void on_timer(timeval& timer);

  base::Bytes given_;
  std::deque<std::vector<std::uint8_t>> written_;
  bool continues_ = false;    // true: the last written datagram belongs to the present flight
  timeval* timer_ = nullptr;  // in OpenSSL's state of the connection
  Timer change_ = Timer::Unchanged;
};

}  // namespace offhook::inline v0::media::detail
