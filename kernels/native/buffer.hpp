// Memory for vectors of any instruction set.

#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

// Zero-filled memory aligned for the widest vectors; grows, never shrinks.
template <typename T>
class Buffer {
  public:
    explicit Buffer(std::size_t size = 0) { resize(size); }

    void resize(std::size_t size) {
        if (size <= size_) return;
        const std::size_t bytes = (size * sizeof(T) + 63) / 64 * 64;
        data_.reset(static_cast<T*>(std::aligned_alloc(64, bytes)));
        if (!data_) throw std::bad_alloc();
        __builtin_memset(data_.get(), 0, bytes);
        size_ = size;
    }
    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }
    T& operator[](std::size_t k) { return data_.get()[k]; }
    const T& operator[](std::size_t k) const { return data_.get()[k]; }

  private:
    struct Free {
        void operator()(T* p) const { std::free(p); }
    };
    std::unique_ptr<T, Free> data_;
    std::size_t size_ = 0;
};
