// Boost.Asio, compiled once for the whole program (docs/building.md): every other file sees declarations only.
#include <boost/asio/impl/src.hpp>
