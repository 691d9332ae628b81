;; What `finder.ts` runs over the bytes of a long log. Memory: 0: 65,536 bytes, one for each hash of four bytes, not zero
;; where a gram may begin a hit; 65,536: 8,192 grams at their places; 131,072 and on: the text.
(module
  (memory (export "memory") 10)
  ;; Such that what stands in every log meets few hashes of grams.
  (global $factor (export "factor") (mut i32) (i32.const 0x9e3779b1))

  (func $hash (param $gram i32) (result i32)
    (i32.shr_u (i32.mul (local.get $gram) (global.get $factor)) (i32.const 16)))

  ;; The first of four places at which a gram stands; -1 where there is none.
  (func $among (param $at i32) (result i32)
    (local $end i32) (local $gram i32) (local $hash i32) (local $there i32)
    (local.set $end (i32.add (local.get $at) (i32.const 16)))
    (loop $grams
      (local.set $gram (i32.load (local.get $at)))
      (local.set $hash (call $hash (local.get $gram)))
      (if (i32.load8_u (local.get $hash))
        (then
          ;; Linear probing; zero is nothing.
          (block $no
            (loop $probe
              (local.set $hash (i32.and (local.get $hash) (i32.const 8191)))
              (local.set $there
                (i32.load (i32.add (i32.const 65536) (i32.shl (local.get $hash) (i32.const 2)))))
              (if (i32.eq (local.get $there) (local.get $gram)) (then (return (local.get $at))))
              (br_if $no (i32.eqz (local.get $there)))
              (local.set $hash (i32.add (local.get $hash) (i32.const 1)))
              (br $probe)))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $grams (i32.lt_u (local.get $at) (local.get $end))))
    (i32.const -1))

  ;; The first place from $at on, in steps of four, at which a gram stands; $to or more where there is none before it.
  (func (export "find") (param $at i32) (param $to i32) (result i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $found i32) (local $factor i32)
    (local.set $factor (global.get $factor))
    (block $none
      (loop $blocks
        (br_if $none (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $a
          (i32.or
            (i32.or (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=0 (local.get $at)) (local.get $factor)) (i32.const 16)))
                    (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=4 (local.get $at)) (local.get $factor)) (i32.const 16))))
            (i32.or (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=8 (local.get $at)) (local.get $factor)) (i32.const 16)))
                    (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=12 (local.get $at)) (local.get $factor)) (i32.const 16))))))
        (local.set $b
          (i32.or
            (i32.or (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=16 (local.get $at)) (local.get $factor)) (i32.const 16)))
                    (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=20 (local.get $at)) (local.get $factor)) (i32.const 16))))
            (i32.or (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=24 (local.get $at)) (local.get $factor)) (i32.const 16)))
                    (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=28 (local.get $at)) (local.get $factor)) (i32.const 16))))))
        (local.set $c
          (i32.or
            (i32.or (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=32 (local.get $at)) (local.get $factor)) (i32.const 16)))
                    (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=36 (local.get $at)) (local.get $factor)) (i32.const 16))))
            (i32.or (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=40 (local.get $at)) (local.get $factor)) (i32.const 16)))
                    (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=44 (local.get $at)) (local.get $factor)) (i32.const 16))))))
        (local.set $d
          (i32.or
            (i32.or (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=48 (local.get $at)) (local.get $factor)) (i32.const 16)))
                    (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=52 (local.get $at)) (local.get $factor)) (i32.const 16))))
            (i32.or (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=56 (local.get $at)) (local.get $factor)) (i32.const 16)))
                    (i32.load8_u (i32.shr_u (i32.mul (i32.load offset=60 (local.get $at)) (local.get $factor)) (i32.const 16))))))
        (if (i32.or (i32.or (local.get $a) (local.get $b)) (i32.or (local.get $c) (local.get $d)))
          (then
            (if (local.get $a)
              (then
                (local.set $found (call $among (i32.add (local.get $at) (i32.const 0))))
                (if (i32.ne (local.get $found) (i32.const -1)) (then (return (local.get $found))))))
            (if (local.get $b)
              (then
                (local.set $found (call $among (i32.add (local.get $at) (i32.const 16))))
                (if (i32.ne (local.get $found) (i32.const -1)) (then (return (local.get $found))))))
            (if (local.get $c)
              (then
                (local.set $found (call $among (i32.add (local.get $at) (i32.const 32))))
                (if (i32.ne (local.get $found) (i32.const -1)) (then (return (local.get $found))))))
            (if (local.get $d)
              (then
                (local.set $found (call $among (i32.add (local.get $at) (i32.const 48))))
                (if (i32.ne (local.get $found) (i32.const -1)) (then (return (local.get $found))))))
          ))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $blocks)))
    (local.get $to))

  ;; The first place of a byte; $to where there is none.
  (func (export "seek") (param $at i32) (param $to i32) (param $byte i32) (result i32)
    (local $wanted v128) (local $met i32)
    (local.set $wanted (i8x16.splat (local.get $byte)))
    (block $none
      (loop $blocks
        (br_if $none (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $met (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (local.get $wanted))))
        (if (local.get $met)
          (then
            (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $met))))
            (return (select (local.get $at) (local.get $to) (i32.lt_u (local.get $at) (local.get $to))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $blocks)))
    (local.get $to))

  ;; How many line feeds there are.
  (func (export "count") (param $at i32) (param $to i32) (result i32)
    (local $sum i32) (local $turns i32) (local $bytes v128) (local $wide v128)
    (block $rest
      (loop $flush
        (br_if $rest (i32.gt_u (i32.add (local.get $at) (i32.const 64)) (local.get $to)))
        (local.set $bytes (v128.const i32x4 0 0 0 0))
        (local.set $turns (i32.const 60))
        (loop $turn

          (local.set $bytes (i8x16.sub (local.get $bytes)
            (i8x16.eq (v128.load offset=0 (local.get $at)) (i8x16.splat (i32.const 10)))))
          (local.set $bytes (i8x16.sub (local.get $bytes)
            (i8x16.eq (v128.load offset=16 (local.get $at)) (i8x16.splat (i32.const 10)))))
          (local.set $bytes (i8x16.sub (local.get $bytes)
            (i8x16.eq (v128.load offset=32 (local.get $at)) (i8x16.splat (i32.const 10)))))
          (local.set $bytes (i8x16.sub (local.get $bytes)
            (i8x16.eq (v128.load offset=48 (local.get $at)) (i8x16.splat (i32.const 10)))))
          (local.set $at (i32.add (local.get $at) (i32.const 64)))
          (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
          (br_if $turn
            (i32.and
              (i32.ne (local.get $turns) (i32.const 0))
              (i32.le_u (i32.add (local.get $at) (i32.const 64)) (local.get $to)))))
        (local.set $wide
          (i32x4.add (local.get $wide)
            (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $bytes)))))
        (br $flush)))
    (local.set $sum
      (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $wide)) (i32x4.extract_lane 1 (local.get $wide)))
        (i32.add (i32x4.extract_lane 2 (local.get $wide)) (i32x4.extract_lane 3 (local.get $wide)))))
    (block $done
      (loop $byte
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $sum
          (i32.add (local.get $sum) (i32.eq (i32.load8_u (local.get $at)) (i32.const 10))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    (local.get $sum)))
