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

/// Carries the datagrams between OpenSSL and the owner of a handshake, and controls OpenSSL's retransmission timer. Unlike a memory BIO, this BIO keeps the
/// borders of the datagrams that OpenSSL reads. It joins the messages of one flight into datagrams of at most kMtu octets. OpenSSL writes each message of a
/// repeated flight separately, and a flight in five datagrams would be lost more often than a flight in one.
///
/// OpenSSL keeps the time of its next retransmission in a timeval, and compares it with the wall clock. When OpenSSL 3.0 or 3.1 starts or stops its timer, it
/// gives the BIO a pointer to this timeval. This class clears the timeval at once, so that OpenSSL never repeats a flight by itself, and sets it to the past
/// when the owner wants a repetition. Later versions of OpenSSL pass a pointer to a copy. The owner detects this, because OpenSSL's timer then still runs, and
/// calls leave_timer().
class DatagramBio {
 public:
  /// The most datagrams that wait for the owner. The BIO drops further datagrams, as a network may.
  static constexpr std::size_t kMaxQueued = 64;
  static constexpr std::size_t kMtu = 1200;

  DatagramBio() = default;
  DatagramBio(const DatagramBio&) = delete;
  DatagramBio& operator=(const DatagramBio&) = delete;

  /// Makes a BIO on this object, which must outlive it. Returns null if there is no memory.
  [[nodiscard]] BIO* make();

  /// Sets the datagram that OpenSSL reads next. The BIO borrows the octets until the next call of give(), and OpenSSL reads them at most once.
  void give(base::Bytes datagram) { given_ = datagram; }
  /// Begins a flight: the next message that OpenSSL writes starts a new datagram.
  void begin_flight() { continues_ = false; }
  /// Returns the oldest datagram that OpenSSL has written, and removes it.
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> take();
  [[nodiscard]] std::size_t queued() const { return written_.size(); }

  enum class Timer : std::uint8_t { Unchanged, Started, Stopped };
  /// Returns the last change of OpenSSL's timer since the previous call of this function.
  [[nodiscard]] Timer take_timer_change();
  /// Sets OpenSSL's timer to the past, so that the next DTLSv1_handle_timeout() repeats the flight.
  void expire_timer();
  /// Forgets the pointer to the timer. Call it if OpenSSL's real timer is elsewhere, or before OpenSSL frees the timer.
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
  bool continues_ = false;    // true if the last written datagram belongs to the present flight
  timeval* timer_ = nullptr;  // points into OpenSSL's connection state
  Timer change_ = Timer::Unchanged;
};

}  // namespace offhook::inline v0::media::detail
